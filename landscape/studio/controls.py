"""Controls: widgets whose values stand in the link; each belongs to one of its parameters."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import streamlit as st

from landscape.studio.links import (
    TOO_MANY,
    UNKNOWN,
    is_between,
    note,
    quoted,
    read_choice,
    read_number,
    read_switch,
    settle,
    show,
)
from landscape.studio.texts import _

Name = TypeVar("Name", bound=str)

FIELD = 84
"""Pixels of the field beside a slider."""

HALF = 106
"""Pixels of each of two fields that share a row of the sidebar."""

SERIES = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Ten round numbers to a decade (ISO 3, R10 rounded): a logarithmic scale whose values can be said aloud."""


def choice(
    label: str,
    key: str,
    options: Sequence[Name],
    default: Name | None = None,
    *,
    titles: Mapping[str, str] | None = None,
    help: str | None = None,
) -> Name:
    """A list to choose one entry from.

    Args:
        label: Translated label.
        key: The parameter of the link.
        options: What can be chosen, as the link writes it.
        default: One of them; left out, the first.
        titles: What the reader sees for each.
        help: Translated help.
    """
    first = default if default in options else options[0]
    value: Name = settle(key, read_choice(options), first, lambda value: value in options)
    before, titled = st.session_state.get(f"{key}!title", (None, ""))
    if before == value and titled != (titles or {}).get(value, value):
        st.session_state[key] = value  # else the browser may keep the other language's title
    chosen: Name = st.selectbox(
        label, options, key=key, format_func=lambda name: (titles or {}).get(name, name), help=help
    )
    st.session_state[f"{key}!title"] = (chosen, (titles or {}).get(chosen, chosen))
    show(key, chosen, first)
    return chosen


def segments(
    label: str, key: str, options: Mapping[Name, str], default: Name, *, labelled: bool = True
) -> Name:
    """A few options side by side; the link carries the name, the reader sees the title.

    Args:
        label: Translated label.
        key: The parameter of the link.
        options: Name to translated title.
        default: One of the names.
        labelled: Whether the label is seen, not only heard.
    """
    value: Name = settle(key, read_choice(list(options)), default, lambda value: value in options)
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        required=True,
        width="stretch",
        label_visibility="visible" if labelled else "collapsed",
    )
    show(key, chosen or value, default)
    return chosen or value


def choices(
    label: str,
    key: str,
    options: Sequence[str],
    default: Sequence[str],
    *,
    limit: int,
    titles: Mapping[str, str] | None = None,
    help: str | None = None,
    refused: Mapping[str, str] | None = None,
) -> list[str]:
    """A list to choose several entries from, one to `limit` of them; the link joins them by commas.

    Args:
        label: Translated label.
        key: The parameter of the link.
        options: What can be chosen, as the link writes it.
        default: Some of them.
        limit: How many can be chosen.
        titles: What the reader sees for each.
        help: Translated help.
        refused: What cannot be chosen here, with the translated reason.
    """

    def read(texts: list[str]) -> list[str]:
        wanted = list(dict.fromkeys(text for joined in texts for text in joined.split(",")))
        known = [text for text in wanted if text in options]
        unknown = [text for text in wanted if text not in options]
        used = known[:limit] or list(default)
        if unknown:
            reason = (refused or {}).get(unknown[0]) or _(UNKNOWN).format(value=quoted(unknown[0]))
            note(key, reason, used)
        elif len(known) > limit:
            note(key, _(TOO_MANY).format(count=len(known), limit=limit), used)
        return used

    def holds(value: Any) -> bool:
        return 1 <= len(value) <= limit and all(name in options for name in value)

    def moved() -> None:
        # Without any, the first ones come back: a page without a path shows nothing.
        st.session_state[key] = st.session_state[key] or list(default)

    settle(key, read, list(default), holds)
    chosen = st.multiselect(
        label,
        options,
        key=key,
        format_func=lambda name: (titles or {}).get(name, name),
        max_selections=limit,
        help=help,
        on_change=moved,
    )
    show(key, chosen, list(default))
    return chosen


def switch(label: str, key: str, *, help: str | None = None) -> bool:
    """Something that is off until it is switched on."""
    is_on(key)
    on = st.toggle(label, key=key, help=help)
    show(key, on, False)
    return on


def is_on(key: str) -> bool:
    """Whether a switch is on that is drawn further down."""
    on: bool = settle(key, read_switch, False, lambda value: isinstance(value, bool))
    return on


def number(
    label: str,
    key: str,
    default: float,
    low: float,
    high: float,
    *,
    step: float | None = None,
    help: str | None = None,
    width: int | Literal["stretch"] = "stretch",
) -> float:
    """A number to be typed, between hard limits."""
    value = settle(key, read_number(low, high), default, lambda value: is_between(value, low, high))
    typed = st.number_input(
        label,
        float(low),
        float(high),
        value=None,
        step=step,
        format="%g",
        key=key,
        help=help,
        required=True,
        width=width,
    )
    chosen = value if typed is None else float(typed)
    show(key, chosen, default)
    return chosen


def count(
    label: str,
    key: str,
    default: int,
    low: int,
    high: int,
    *,
    options: Sequence[int],
    words: Mapping[float, str] | None = None,
    drawn: bool = True,
) -> int:
    """A whole number, on a slider over `options`, some of which are said in words, or typed exactly."""
    slid = [float(each) for each in options]
    limits = float(low), float(high)
    return round(_slid(label, key, float(default), *limits, slid, whole=True, drawn=drawn, words=words))


def whole(label: str, key: str, default: int, low: int, high: int, *, help: str | None = None) -> int:
    """A whole number to be typed, such as a seed."""

    def holds(value: Any) -> bool:
        return isinstance(value, int) and is_between(value, low, high)

    def read(texts: list[str]) -> int:
        return round(read_number(low, high, whole=True)(texts))

    value = settle(key, read, default, holds)
    typed = st.number_input(label, low, high, value=None, step=1, key=key, help=help, required=True)
    chosen = value if typed is None else int(typed)
    show(key, chosen, default)
    return chosen


def log_number(
    label: str,
    key: str,
    default: float,
    ends: tuple[float, float],
    limits: tuple[float, float],
    *,
    zero: bool = False,
    help: str | None = None,
    drawn: bool = True,
    row: str | None = None,
) -> float:
    """A positive number on a logarithmic slider, which can also be typed exactly.

    Args:
        label: Translated label of the slider.
        key: The parameter of the link.
        default: The first value.
        ends: Where the slider begins and ends.
        limits: What may be typed.
        zero: Whether the slider begins with 0.
        help: Translated help.
        drawn: Whether it is on the screen; a link can set it all the same.
        row: Name of its row for the style sheet.
    """
    options = ([0.0] if zero else []) + series(*ends)
    return _slid(label, key, default, *limits, options, help=help, drawn=drawn, row=row)


def linear_number(
    label: str,
    key: str,
    default: float,
    ends: tuple[float, float],
    limits: tuple[float, float],
    *,
    steps: int = 100,
    help: str | None = None,
    drawn: bool = True,
) -> float:
    """A number on a linear slider, which can also be typed exactly."""
    options = sorted({*multiples(*ends, steps), default})
    return _slid(label, key, default, *limits, options, help=help, place=float, drawn=drawn)


def _slid(
    label: str,
    key: str,
    default: float,
    low: float,
    high: float,
    options: list[float],
    *,
    whole: bool = False,
    help: str | None = None,
    place: Callable[[float], float] | None = None,
    drawn: bool = True,
    row: str | None = None,
    words: Mapping[float, str] | None = None,
) -> float:
    place = place or _log

    def holds(value: Any) -> bool:
        return is_between(value, low, high) and not (whole and value != round(value))

    current = settle(key, read_number(low, high, whole=whole), default, holds)
    if not drawn:
        st.session_state[key] = current  # which Streamlit would forget with the widget
        show(key, current, default)
        return current
    slider = f"{key}~"
    st.session_state[slider] = min(options, key=lambda option: abs(place(option) - place(current)))

    def moved() -> None:
        st.session_state[key] = st.session_state[slider]

    # One row in one container: columns would be three, and each is a message to the browser.
    with st.container(key=row, horizontal=True, vertical_alignment="bottom", gap="small"):
        st.select_slider(
            label,
            options,
            key=slider,
            format_func=lambda x: (words or {}).get(x) or f"{x:g}",
            on_change=moved,
            help=help,
        )
        typed = st.number_input(
            label,
            low,
            high,
            value=None,
            step=1.0 if whole else None,
            format="%.0f" if whole else "%g",
            key=key,
            required=True,
            label_visibility="collapsed",
            width=FIELD,
        )
    chosen = current if typed is None else float(typed)
    show(key, chosen, default)
    return chosen


def series(low: float, high: float) -> list[float]:
    """Ten round numbers to a decade, from low to high.

    Example:
        >>> series(0.1, 1.0)
        [0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    numbers = [float(f"{part * 10.0**decade:.2g}") for decade in range(first, last + 1) for part in SERIES]
    return [number for number in numbers if low * (1 - 1e-9) <= number <= high * (1 + 1e-9)]


def multiples(low: float, high: float, count: int) -> list[float]:
    """Both ends, and between them the multiples of a number that can be said aloud, about `count` of them.

    Example:
        >>> multiples(0.0, 0.99, 10)
        [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]
    """
    step = rounded((high - low) / count)
    between = range(math.floor(low / step) + 1, math.ceil(high / step))
    return [low, *(float(f"{step * index:.12g}") for index in between), high]


def rounded(value: float) -> float:
    """The nearest number of the series, by ratio: a value to begin with that can be said aloud.

    Example:
        >>> rounded(0.0107), rounded(0.7)
        (0.01, 0.8)
    """
    decade = math.floor(math.log10(value))
    candidates = [float(f"{part * 10.0**power:.2g}") for power in (decade, decade + 1) for part in SERIES]
    return min(candidates, key=lambda candidate: abs(_log(candidate) - _log(value)))


def _log(value: float) -> float:
    return math.log10(value) if value > 1e-300 else -20.0
