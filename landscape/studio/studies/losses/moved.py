"""Points that a reader has put somewhere else, as a link says them: `5:0.3:-1.2,7:0:1`."""

import streamlit as st

from landscape.studio import links
from landscape.studio.embedded import Moved
from landscape.studio.links import UnusableError
from landscape.studio.texts import N_, _

KEY = "moved-embeddings"
NOT_A_PLACE = N_("“{value}” does not say which point stands where, such as 5:0.3:-1.2")


def read(count: int, limit: float) -> Moved:
    """The points that stand elsewhere, from the link or from clicks.

    Args:
        count: How many points there are.
        limit: No coordinate is larger.
    """

    def understood(texts: list[str]) -> str:
        try:
            return written(parse(",".join(texts), count, limit))
        except UnusableError as reason:
            links.note(KEY, str(reason), _("no point moved"))
            return ""

    def holds(value: object) -> bool:
        try:
            return isinstance(value, str) and written(parse(value, count, limit)) == value
        except UnusableError:
            return False

    value: str = links.settle(KEY, understood, "", holds)
    links.show(KEY, value, "")
    return parse(value, count, limit)


def put(moved: Moved, index: int, x: float, y: float) -> None:
    """Put a point somewhere; what draws next reads it."""
    others = tuple(each for each in moved if each[0] != index)
    st.session_state[KEY] = written(tuple(sorted((*others, (index, x, y)))))


def put_back() -> None:
    """Let all points stand where the seed puts them."""
    st.session_state[KEY] = ""


def parse(text: str, count: int, limit: float) -> Moved:
    """The points that a text names.

    Raises:
        UnusableError: It names none, or a place that is no place.

    Example:
        >>> parse("5:0.3:-1.2,1:0:1", 15, 10.0)
        ((0, 0.0, 1.0), (4, 0.3, -1.2))
    """
    found: dict[int, tuple[float, float]] = {}
    for part in filter(None, text.split(",")):
        try:
            name, x, y = part.split(":")
            index, place = int(name) - 1, (float(x), float(y))
        except ValueError:
            raise UnusableError(_(NOT_A_PLACE).format(value=links.quoted(part))) from None
        # NaN is below no limit.
        if not (0 <= index < count and all(abs(number) <= limit for number in place)):
            raise UnusableError(_(NOT_A_PLACE).format(value=links.quoted(part)))
        found[index] = place
    return tuple((index, *found[index]) for index in sorted(found))


def written(moved: Moved) -> str:
    """The text that `parse` reads.

    Example:
        >>> written(((4, 0.3, -1.2),))
        '5:0.3:-1.2'
    """
    return ",".join(f"{index + 1}:{links.written(x)}:{links.written(y)}" for index, x, y in moved)
