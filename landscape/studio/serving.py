"""Serving: the app on a thread of the process that asks for it, so that it can show what lives there."""

import contextlib
import errno
import os
import socket
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from streamlit import config
from streamlit.runtime import Runtime

from landscape.studio import jobs, server, shown

ROOT = Path(__file__).resolve().parents[2]

HOST = "127.0.0.1"
"""Nobody else on the network sees what is shown."""

PATIENCE = 30.0
"""Seconds that a start or an end may take."""

QUIET = {"server.headless": True, "server.fileWatcherType": "none", "browser.gatherUsageStats": False}
"""Streamlit's settings here, whatever the user's own say: no questions, no reports, no watching of files."""


class Serving:
    """A server on a thread of its own.

    Args:
        port: Where it listens; any that is free where it is None.

    Raises:
        ValueError: The port is in use, or none.
        RuntimeError: The process is one of Streamlit's already, or the server does not start.
    """

    def __init__(self, port: int | None) -> None:
        if Runtime.exists():
            raise RuntimeError("the process runs a Streamlit server already: show it from another one")
        self.socket = _listening(port)
        self.port = int(self.socket.getsockname()[1])
        self._configure()
        shown.note_main()
        app = st.App(ROOT / "landscape" / "studio" / "main.py", routes=server.routes())
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
        )
        self._started, self._ended = threading.Event(), threading.Event()
        self._server.startup = self._announced(self._server.startup)  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self._run, name="landscape", daemon=True)
        self.thread.start()
        with contextlib.ExitStack() as undone:
            undone.callback(self.stop)  # also where Ctrl-C comes before it stands
            if not (self._started.wait(PATIENCE) and self._server.started):
                raise RuntimeError(f"the server does not start on port {self.port}")
            undone.pop_all()

    @property
    def running(self) -> bool:
        """Whether it answers."""
        return not self._ended.is_set()

    def wait(self, seconds: float) -> None:
        """Wait for its end, some seconds at most."""
        # Not for the thread: Ctrl-C in `Thread.join` makes Python 3.11 take it for one that has ended.
        self._ended.wait(seconds)

    def stop(self) -> None:
        """End it; what was being looked at is gone."""
        self._server.should_exit = True
        jobs.dismiss()
        self.wait(PATIENCE)
        self.thread.join(PATIENCE)
        self.socket.close()
        shown.give_back_main()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self.socket])
        finally:
            # Streamlit lets a process have one runtime, and does not forget one that has ended.
            Runtime._instance = None
            self._started.set()
            self._ended.set()

    def _announced(self, startup: Any) -> Any:
        async def announced(sockets: Any = None) -> None:
            await startup(sockets)
            self._started.set()

        return announced

    def _configure(self) -> None:
        """The settings of the app's own folder: the current one may be any."""
        settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
        for name, value in {
            **_flat(settings),
            **QUIET,
            "server.address": HOST,
            "server.port": self.port,
        }.items():
            config.set_option(name, value)


def _listening(port: int | None) -> socket.socket:
    if port is not None and not (isinstance(port, int) and 0 < port < 2**16):
        raise ValueError(f"`port` must be from 1 to {2**16 - 1}, or None for one that is free, got {port!r}")
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port or 0))
    except OSError as error:
        found.close()
        if error.errno == errno.EADDRINUSE:
            raise ValueError(f"`port` must be one that is free, got {port}, which is in use") from None
        raise ValueError(
            f"`port` must be one that can be listened on, got {port}: {error.strerror}"
        ) from None
    found.listen(128)
    found.setblocking(False)
    return found


def _flat(settings: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Nested settings by their dotted names."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        dotted = f"{above}{name}"
        found |= _flat(value, f"{dotted}.") if isinstance(value, Mapping) else {dotted: value}
    return found
