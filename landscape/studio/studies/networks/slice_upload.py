"""Parameters from a reader's own file: asked for, looked at, and kept in this session alone."""

from typing import Any

import streamlit as st

from landscape.studio import trained, weights
from landscape.studio.texts import _
from landscape.studio.trained import Recipe
from landscape.studio.weights import Upload

HELD, REFUSED, TURN = "slice-upload", "slice-upload-refused", "slice-upload-turn"
"""Where a session keeps the parameters, why a file was refused, and how often the field was emptied."""


def ask(recipe: Recipe) -> Upload | None:
    """Ask for a file; the parameters that are to be sliced instead of the trained ones, or None."""
    wanted = trained.risk(recipe.network, recipe.penalty).start
    state = st.session_state
    field = f"{HELD}-{state.setdefault(TURN, 0)}"

    def given() -> None:
        take(state[field], wanted)

    held = state.get(HELD)
    if held is not None and not weights.fits(held.params, wanted):
        put_back()
        state[REFUSED] = _("The parameters of “{file}” are of another network: put aside.").format(
            file=held.name
        )
    with st.expander(_("Parameters from a file")):
        st.caption(
            _(
                "An NPZ file as Download gives it, of a network of the same shape. It stays in the memory "
                "of this session; no link carries it."
            )
        )
        st.file_uploader(
            _("NPZ file"),
            type="npz",
            key=f"{HELD}-{state[TURN]}",
            on_change=given,
            max_upload_size=1 + weights.limit(wanted) // 2**20,
            label_visibility="collapsed",
        )
    return state.get(HELD)


def take(file: Any, wanted: Any) -> None:
    """Read a file that was given, or let go of the one that was taken away."""
    state = st.session_state
    state.pop(HELD, None)
    state.pop(REFUSED, None)
    if file is None:
        return
    try:
        state[HELD] = weights.hold(file.getvalue(), file.name, wanted)
    except weights.UnusableFileError as reason:
        state[REFUSED] = f"“{file.name}”: {reason}"


def put_back() -> None:
    """Go back to the trained parameters, and empty the field."""
    st.session_state.pop(HELD, None)
    st.session_state.pop(REFUSED, None)
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def tell(held: Upload | None) -> None:
    """Say which parameters are shown, and why a file was not taken."""
    if refused := st.session_state.get(REFUSED):
        st.error(refused, icon=":material/upload_file:")
    if held is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            _("Drawn about the parameters of “{file}”, without a path. The link does not carry them.").format(
                file=held.name
            ),
            icon=":material/upload_file:",
        )
        st.button(
            _("Back to the trained ones"), on_click=put_back, icon=":material/undo:", key="slice-put-back"
        )
