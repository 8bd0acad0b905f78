"""Controls: widgets whose values stand in the link, and are checked before anything is computed.

Each control belongs to one parameter of the link. Its first value comes from the link, else from an
earlier visit to the page, else it is the default; what a link says wrongly is told to the reader.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from landscape.studio.texts import N_, _

Name = TypeVar("Name", bound=str)

KEPT = "kept"
"""Where the values of pages that are not shown are kept; not a widget."""

NOTES = "notes"
"""What the link said that could not be used; shown until the next change."""

SERIES = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Ten round numbers to a decade (ISO 3, R10 rounded): a logarithmic scale whose values can be said aloud."""

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


def choice(
    label: str,
    key: str,
    options: Sequence[str],
    default: str | None = None,
    *,
    titles: Mapping[str, str] | None = None,
    help: str | None = None,
) -> str:
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
    value = settle(key, read_choice(options), first, lambda value: value in options)
    shown = _mirror(key, value)
    st.selectbox(
        label,
        options,
        key=shown,
        format_func=lambda name: (titles or {}).get(name, name),
        help=help,
        on_change=_moved(key, lambda value: value),
    )
    _carry(key)
    return str(value)


def segments(label: str, key: str, options: Mapping[Name, str], default: Name) -> Name:
    """A few options side by side; the link carries the name, the reader sees the title."""
    value = settle(key, read_choice(list(options)), default, lambda value: value in options)
    shown = _mirror(key, value)
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=shown,
        required=True,
        on_change=_moved(key, lambda value: value),
        width="stretch",
    )
    _carry(key)
    return value


def choices(
    label: str,
    key: str,
    options: Sequence[str],
    default: Sequence[str],
    *,
    limit: int,
    titles: Mapping[str, str] | None = None,
    help: str | None = None,
) -> list[str]:
    """A list to choose several entries from, one to `limit` of them; the link joins them by commas."""

    def read(texts: list[str]) -> str:
        wanted = list(dict.fromkeys(text for joined in texts for text in joined.split(",")))
        known = [text for text in wanted if text in options]
        unknown = [text for text in wanted if text not in options]
        used = known[:limit] or list(default)
        if unknown:
            note(key, _(UNKNOWN).format(value=quoted(unknown[0])), used)
        elif len(known) > limit:
            note(key, _(TOO_MANY).format(count=len(known), limit=limit), used)
        return ",".join(used)

    def holds(value: Any) -> bool:
        names = str(value).split(",")
        return len(names) <= limit and all(name in options for name in names)

    value = settle(key, read, ",".join(default), holds)
    shown = _mirror(key, value.split(","))
    st.multiselect(
        label,
        options,
        key=shown,
        format_func=lambda name: (titles or {}).get(name, name),
        max_selections=limit,
        help=help,
        # Without any, the first ones come back: a page without a path shows nothing.
        on_change=_moved(key, lambda names: ",".join(names or default)),
    )
    _carry(key)
    return str(value).split(",")


# A widget that shows translated titles would write these into the link. So it stands unbound, beside a
# hidden field that is bound to the link and carries the name.
def _mirror(key: str, shown: Any) -> str:
    """Show in the visible widget what the hidden field carries; the visible widget's key."""
    visible = f"{key}~"
    st.session_state[visible] = shown
    return visible


def _moved(key: str, carried: Callable[[Any], str]) -> Callable[[], None]:
    """When the reader moves the visible widget, the hidden field follows."""

    def moved() -> None:
        st.session_state[key] = carried(st.session_state[f"{key}~"])

    return moved


def _carry(key: str) -> None:
    """The hidden field."""
    with st.container(key=f"carried-{key}"):
        st.text_input(key, value=None, key=key, label_visibility="collapsed", bind="query-params")


def switch(label: str, key: str, *, help: str | None = None) -> bool:
    """Something that is off until it is switched on."""

    def read(texts: list[str]) -> bool:
        if texts[-1].lower() not in ("true", "false", "1", "0"):
            raise UnusableError(_(UNKNOWN).format(value=quoted(texts[-1])))
        return texts[-1].lower() in ("true", "1")

    settle(key, read, False, lambda value: isinstance(value, bool))
    return st.toggle(label, key=key, help=help, bind="query-params")


def number(
    label: str,
    key: str,
    default: float,
    low: float,
    high: float,
    *,
    step: float | None = None,
    help: str | None = None,
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
        bind="query-params",
    )
    return value if typed is None or not is_between(typed, low, high) else float(typed)


def count(label: str, key: str, default: int, low: int, high: int, *, options: Sequence[int]) -> int:
    """A whole number, on a slider over `options` or typed exactly."""
    value = _slid(
        label, key, float(default), float(low), float(high), [float(each) for each in options], whole=True
    )
    return round(value)


def whole(label: str, key: str, default: int, low: int, high: int, *, help: str | None = None) -> int:
    """A whole number to be typed, such as a seed."""

    def read(texts: list[str]) -> int:
        return round(read_number(low, high)(texts))

    value = settle(key, read, default, lambda value: is_between(value, low, high))
    typed = st.number_input(
        label, low, high, value=None, step=1, key=key, help=help, required=True, bind="query-params"
    )
    return value if typed is None or not is_between(typed, low, high) else int(typed)


def log_number(
    label: str,
    key: str,
    default: float,
    ends: tuple[float, float],
    limits: tuple[float, float],
    *,
    zero: bool = False,
    help: str | None = None,
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
    """
    options = ([0.0] if zero else []) + series(*ends)
    return _slid(label, key, default, *limits, options, help=help)


def linear_number(
    label: str,
    key: str,
    default: float,
    ends: tuple[float, float],
    limits: tuple[float, float],
    *,
    steps: int = 50,
    help: str | None = None,
) -> float:
    """A number on a linear slider, which can also be typed exactly."""
    low, high = ends
    options = [float(f"{low + (high - low) * i / steps:.4g}") for i in range(steps + 1)]
    return _slid(label, key, default, *limits, options, help=help, place=float)


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
) -> float:
    place = place or _log
    current = settle(key, read_number(low, high), default, lambda value: is_between(value, low, high))
    slider = f"{key}~"
    st.session_state[slider] = min(options, key=lambda option: abs(place(option) - place(current)))

    def moved() -> None:
        st.session_state[key] = st.session_state[slider]

    left, right = st.columns([5, 3], vertical_alignment="bottom", gap="small")
    left.select_slider(label, options, key=slider, format_func=lambda x: f"{x:g}", on_change=moved, help=help)
    typed = right.number_input(
        label,
        low,
        high,
        value=None,
        step=1.0 if whole else None,
        format="%.0f" if whole else "%g",
        key=key,
        required=True,
        label_visibility="collapsed",
        bind="query-params",
    )
    return current if typed is None or not is_between(typed, low, high) else float(typed)


def series(low: float, high: float) -> list[float]:
    """Ten round numbers to a decade, from low to high.

    Example:
        >>> series(0.1, 1.0)
        [0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    numbers = [float(f"{part * 10.0**decade:.2g}") for decade in range(first, last + 1) for part in SERIES]
    return [number for number in numbers if low * (1 - 1e-9) <= number <= high * (1 + 1e-9)]


def rounded(value: float) -> float:
    """The nearest number of the series, by ratio: a value to begin with that can be said aloud.

    Example:
        >>> rounded(0.0107), rounded(0.7)
        (0.01, 0.8)
    """
    decade = math.floor(math.log10(value))
    candidates = [float(f"{part * 10.0**power:.2g}") for power in (decade, decade + 1) for part in SERIES]
    return min(candidates, key=lambda candidate: abs(_log(candidate) - _log(value)))


def is_between(value: Any, low: float, high: float) -> bool:
    """Whether a value is a number within limits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _log(value: float) -> float:
    return math.log10(value) if value > 1e-300 else -20.0
