"""Show: any objective on the screen, from the program or the notebook that it lives in."""

import contextlib
import os
import sys
import threading
import webbrowser
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from landscape.objectives import Domain, Objective
from landscape.planes import Plane

if TYPE_CHECKING:
    from landscape.studio.serving import Serving

PAGE = "own?part=python"
"""Where the app shows what a program has given it."""


class Screen:
    """The app as it runs in this process.

    Attributes:
        url: Its address; no other machine reaches it.
    """

    def __init__(self, serving: "Serving") -> None:
        self._serving = serving
        self.url = f"http://127.0.0.1:{serving.port}/{PAGE}"

    @property
    def running(self) -> bool:
        """Whether it answers."""
        return self._serving.running

    def stop(self) -> None:
        """End it; a second time does nothing."""
        self._serving.stop()

    def wait(self) -> None:
        """Let it run until Ctrl-C, which ends it."""
        try:
            while self.running:
                self._serving.wait(0.5)
        except KeyboardInterrupt:
            sys.stderr.write("\nStopping. What is under way is waited for; Ctrl-C again leaves it.\n")
            self.stop()

    def __enter__(self) -> "Screen":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Landscape at {self.url}>" if self.running else "<Landscape, stopped>"

    def _repr_html_(self) -> str:
        if not self.running:
            return "<p>Landscape, stopped.</p>"
        return (
            f'<p><a href="{self.url}" target="_blank" rel="noopener">{self.url}</a></p>'
            f'<iframe src="{self.url}" title="Landscape" width="100%" height="760" style="border:0"></iframe>'
        )


_lock = threading.Lock()
_screen: Screen | None = None


def show(
    objective: Objective,
    plane: Plane | None = None,
    paths: Iterable[Any] | Mapping[str, Any] = (),
    *,
    extent: Domain | None = None,
    port: int | None = None,
    open_browser: bool = True,
    block: bool | None = None,
) -> Screen:
    """Open the app on an objective: its slices, the paths at their true heights, and how far to trust both.

    The app runs on a thread of this process and answers this machine alone, so that a loss may be any
    function: nothing is copied, written or sent. Shown again, the newest objective comes first, and the four
    before it can be chosen.

    Args:
        objective: Any scalar loss of a pytree of two numbers or more.
        plane: The slice to begin with; random, Hessian, gradient and principal ones can be chosen.
        paths: What has walked there, at most 6: `Path`s, trainings, sequences of parameters, or parameters
            with one leading axis more; a mapping gives them names. Of long ones 501 iterates are drawn.
        extent: ((amin, amax), (bmin, bmax)) of the plane that is given; by default what shows the paths, or
            ((-1, 1), (-1, 1)).
        port: Where the app answers; one that is free by default.
        open_browser: Whether to open a browser, if there is one.
        block: Whether to wait until Ctrl-C; by default in a script, and not at a prompt or in a notebook.

    Returns:
        The `Screen`: its `url`, and `stop()`; in a notebook it shows itself.

    Raises:
        ValueError: The objective, the plane or a path do not fit each other, or the port is in use.

    Example:
        >>> import jax.numpy as jnp
        >>> from landscape import Objective
        >>> from landscape.show import show
        >>> bowl = Objective(lambda w: jnp.sum(w["a"] ** 2), start={"a": jnp.ones(3)})
        >>> with show(bowl, open_browser=False, block=False) as screen:
        ...     screen.url.endswith("/own?part=python")
        True
    """
    # Here, for whoever imports the library alone needs no Streamlit.
    from landscape.studio import shown

    global _screen
    with _lock, contextlib.ExitStack() as undone:
        undone.callback(shown.take_back, shown.put(objective, plane, paths, extent))
        screen = _screen = _on_port(port)
        undone.pop_all()  # it is there: nothing is taken back
    if open_browser:
        _open(screen.url)
    if block if block is not None else not _is_interactive():
        sys.stderr.write(f"Landscape shows it at {screen.url} (Ctrl-C ends it).\n")
        screen.wait()
    return screen


def _on_port(port: int | None) -> Screen:
    """The screen that runs, or a new one."""
    from landscape.studio import serving

    if _screen is None or not _screen.running:
        return Screen(serving.Serving(port))
    if port is not None and port != _screen._serving.port:
        raise ValueError(f"`port` must be that of the app that runs, {_screen._serving.port}, got {port}")
    return _screen


def _open(url: str) -> None:
    """Open a browser with a window, if there is one: one in a terminal would take it over."""
    windows = sys.platform in ("win32", "darwin") or {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ)
    if windows:
        with contextlib.suppress(webbrowser.Error, OSError):
            webbrowser.open(url)


def _is_interactive() -> bool:
    """Whether somebody sits at a prompt, IPython's and Jupyter's included."""
    ipython = sys.modules.get("IPython")
    return (
        hasattr(sys, "ps1")
        or bool(sys.flags.interactive)
        or (ipython is not None and ipython.get_ipython() is not None)
    )
