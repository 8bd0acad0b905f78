"""A slice from a file: asked for, looked at, drawn, and kept in this session alone."""

from typing import Any

import numpy as np
import streamlit as st

from landscape.figures import Scale
from landscape.studio import exports, opened, scripts, sharing
from landscape.studio.opened import Opened
from landscape.studio.plot import plot
from landscape.studio.studies.own import python_pictures as pictures
from landscape.studio.texts import _
from landscape.studio.weights import UnusableFileError

HELD, REFUSED, TURN = "python-slice", "python-slice-refused", "python-slice-turn"
"""Where a session keeps the slice, why a file was refused, and how often the field was emptied."""


def ask() -> Opened | None:
    """Ask for a file; the slice in it, or None."""
    state = st.session_state
    field = f"{HELD}-{state.setdefault(TURN, 0)}"

    def given() -> None:
        take(state[field])

    with st.expander(_("Open a slice from a file"), expanded=state.get(HELD) is not None):
        st.caption(
            _(
                "An NPZ file of `python -m landscape slice`. It stays in the memory of this session; no link "
                "carries it."
            )
        )
        st.file_uploader(
            _("NPZ file"),
            type="npz",
            key=field,
            on_change=given,
            max_upload_size=opened.MAX_MEGABYTES,
            label_visibility="collapsed",
        )
    found: Opened | None = state.get(HELD)
    return found


def take(file: Any) -> None:
    """Read a file that was given, or let go of the one that was taken away."""
    state = st.session_state
    state.pop(HELD, None)
    state.pop(REFUSED, None)
    if file is None:
        return
    try:
        state[HELD] = opened.read(file.getvalue(), file.name)
    except UnusableFileError as reason:
        state[REFUSED] = f"“{file.name}”: {reason}"


def put_back() -> None:
    """Let the slice go, and empty the field."""
    st.session_state.pop(HELD, None)
    st.session_state.pop(REFUSED, None)
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def tell() -> None:
    """Say why a file was not taken."""
    if refused := st.session_state.get(REFUSED):
        st.error(refused, icon=":material/upload_file:")


def draw(found: Opened, scale: Scale) -> None:
    """Draw the slice, and say what it is of."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(f"“{found.name}”: {'; '.join(opened.said(found))}.", icon=":material/upload_file:")
        st.button(_("Close the file"), on_click=put_back, icon=":material/close:", key="python-put-back")
    height = opened.height(found)
    panels = pictures.of_file(found.surface, ("u", "v", height), scale)
    plot("own-python-file", panels, columns=(1.15, 1), height=430, words={"point": "(a, b)", "loss": height})
    surface = found.surface

    def columns() -> dict[str, Any]:
        x, y = np.meshgrid(surface.x, surface.y)
        return {"x": x.ravel(), "y": y.ravel(), "values": surface.values.ravel()}

    sharing.bar(
        "own",
        **exports.offers(
            panels,
            (),
            _("A slice from a file"),
            arrays=lambda: {"x": surface.x, "y": surface.y, "values": surface.values},
            columns=columns,
            script=lambda: scripts.script(
                [],
                [
                    "import numpy as np",
                    f"file = np.load({found.name!r}, allow_pickle=False)",
                    'x, y, values = file["x"], file["y"], file["values"]',
                    "finite = values[np.isfinite(values)]",
                    'print(f"heights {finite.min():.6g} to {finite.max():.6g}")',
                ],
            ),
        ),
    )
