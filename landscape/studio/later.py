"""Work that goes on after a page is drawn: long pictures begin coarse and become finer.

It runs in the reader's own run, so whatever the reader does next ends it at its next word to the
screen, and what it held is freed.
"""

from collections.abc import Callable

import streamlit as st

from landscape.studio import links

KEY = "later"
"""Where the work of this run is kept; not a widget."""


def go_on(work: Callable[[], None]) -> None:
    """Have the work done when the page is drawn and its link is written.

    Args:
        work: Says now and then on the screen how far it is, and may ask for another run at its end.
    """
    st.session_state[KEY] = work


def again() -> None:
    """Draw the page anew with what the work has found; what the page has said of its link stays said."""
    links.say_again()
    st.rerun()


def run() -> None:
    """Do what is left to be done; the last line of a run."""
    work = st.session_state.pop(KEY, None)
    if work is not None:
        work()


def forget() -> None:
    """Begin a run: what an interrupted run has left undone is not wanted any more."""
    st.session_state.pop(KEY, None)
