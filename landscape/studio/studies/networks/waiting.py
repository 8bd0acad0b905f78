"""Waiting: results that a part of the page needs, gathered while the page is on the screen."""

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import streamlit as st

from landscape.studio import later
from landscape.studio.jobs import LOOK, Wanted, gather, keep_all
from landscape.studio.texts import _

AGAIN = 1.2
"""Seconds between two pictures of what becomes more."""


def gathered(
    wanted: Sequence[Wanted],
    token: Hashable,
    slot: str,
    place: Any,
    words: Callable[[], str],
    soon: float = 1.0,
) -> list[Any]:
    """What is there soon, None for the rest: it is waited for when the page is drawn, which then redraws it.

    Args:
        wanted: The results.
        token: What the reader has asked for; stopping stops this and nothing else.
        slot: The part, a word in the keys of its buttons.
        place: Where the bar and the button go.
        words: Makes the words beside the bar.
        soon: Seconds to wait before the page is drawn.

    Returns:
        As many results.
    """
    stopped = f"{slot}-stopped"
    drawn = [each.kept() for each in wanted]
    if all(each is not None for each in drawn):
        return drawn

    def stop() -> None:
        st.session_state[stopped] = token

    def go_on() -> None:
        st.session_state[stopped] = None

    if st.session_state.get(stopped) == token:
        label = _("Go on")
        place.button(label, on_click=go_on, icon=":material/play_arrow:", key=f"{slot}-go-on")
        place.caption(_("Stopped."))
        return drawn
    drawn = gather(wanted, soon, drawn)
    if all(each is not None for each in drawn):
        return drawn
    place.button(_("Stop"), on_click=stop, icon=":material/stop:", key=f"{slot}-stop")
    bar = place.progress(0.0, words())

    def work() -> None:
        begun, found = time.monotonic(), gather(wanted, LOOK, drawn)
        while any(each is None for each in found):
            shares = [
                1.0 if result is not None else each.jobs.share(*each.args)
                for each, result in zip(wanted, found, strict=True)
            ]
            bar.progress(min(sum(shares) / len(shares), 1.0), words())
            if found.count(None) < drawn.count(None) and time.monotonic() - begun > AGAIN:
                break
            found = gather(wanted, LOOK, found)
        keep_all(wanted, found)
        later.again()

    later.go_on(work)
    return drawn
