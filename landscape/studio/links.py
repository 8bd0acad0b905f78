"""Links: what they say of a page's controls, read once, checked, and kept from one visit to the next.

A control's first value comes from the link, else from an earlier visit to the page, else it is the
default; what a link says wrongly is told to the reader.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from landscape.studio.texts import N_, _

KEPT = "kept"
"""Where the values of pages that are not shown are kept; not a widget."""

NOTES = "notes"
"""What the link said that could not be used; shown until the next change."""

NOT_A_NUMBER = N_("“{value}” is not a finite number")
TOO_SMALL = N_("{value} is below {limit}")
TOO_LARGE = N_("{value} is above {limit}")
UNKNOWN = N_("there is no “{value}”")
TOO_MANY = N_("{count} are more than {limit}")


class UnusableError(ValueError):
    """A value of a link that cannot be used; its text is the reason, in the reader's language."""


def settle(key: str, read: Callable[[list[str]], Any], default: Any, holds: Callable[[Any], bool]) -> Any:
    """Give a control its value before it is drawn.

    Args:
        key: The parameter of the link, also the widget's key.
        read: Texts of the link to a value; raises `UnusableError`.
        default: The value where nothing else is said.
        holds: Whether a value can be chosen; one that cannot gives way to the last that could.

    Returns:
        The value. A widget may still carry what the link said until the next run.
    """
    state = st.session_state
    last = f"{key}!"
    if key in state:
        if not holds(state[key]):
            state[key] = state[last] if last in state and holds(state[last]) else default
        state[last] = state[key]
        return state[key]
    value = default
    kept = state.setdefault(KEPT, {})
    texts = st.query_params.get_all(key)
    if texts:
        try:
            value = read(texts)
        except UnusableError as reason:
            note(key, str(reason), default)
    elif key in kept and holds(kept[key]):
        value = kept[key]
    state[key] = state[last] = value
    return value


def note(key: str, reason: str, instead: Any) -> None:
    """Remember what a link said that cannot be used."""
    if isinstance(instead, list | tuple):
        instead = ", ".join(map(str, instead))
    text = _("Link: `{key}` – {reason}. Shown instead: {instead}.")
    shown = f"{instead:.6g}" if isinstance(instead, float) else instead
    st.session_state.setdefault(NOTES, {})[key] = text.format(key=key, reason=reason, instead=shown)


def show_notes(place: Any) -> None:
    """Tell the reader once what was not usable."""
    if notes := st.session_state.pop(NOTES, None):
        place.warning("  \n".join(notes.values()), icon=":material/link_off:")


def keep(keys: Sequence[str]) -> None:
    """Keep the values of this page's controls for the next visit to it."""
    kept = st.session_state.setdefault(KEPT, {})
    kept.update({key: st.session_state[key] for key in keys if key in st.session_state})


def quoted(text: str) -> str:
    """A reader's text made short and harmless for a message."""
    plain = "".join(
        letter if letter.isprintable() and letter not in "`*_[]<>$\\~#|" else "?" for letter in text
    )
    return plain if len(plain) <= 40 else plain[:39] + "…"


def read_choice(options: Sequence[str]) -> Callable[[list[str]], str]:
    """A reader of one of the options."""

    def read(texts: list[str]) -> str:
        if texts[-1] not in options:
            raise UnusableError(_(UNKNOWN).format(value=quoted(texts[-1])))
        return texts[-1]

    return read


def read_number(low: float, high: float) -> Callable[[list[str]], float]:
    """A reader of a finite number between limits."""

    def read(texts: list[str]) -> float:
        try:
            value = float(texts[-1])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise UnusableError(_(NOT_A_NUMBER).format(value=quoted(texts[-1])))
        if value < low:
            raise UnusableError(_(TOO_SMALL).format(value=f"{value:.6g}", limit=f"{low:g}"))
        if value > high:
            raise UnusableError(_(TOO_LARGE).format(value=f"{value:.6g}", limit=f"{high:g}"))
        return value

    return read


def is_between(value: Any, low: float, high: float) -> bool:
    """Whether a value is a number within limits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
