"""What a formula is refused for, and what is odd about one that is not, in the reader's language."""

import re
from typing import Any

import streamlit as st

from landscape.formulas import FINDINGS, KINDS, Finding, FormulaError
from landscape.studio.texts import _

SHOWN = 60
"""So many characters of a long text are shown around the place."""


def reason(error: FormulaError) -> str:
    """What a formula is refused for, as Markdown."""
    return _(KINDS[error.kind]).format(**{name: _harmless(value) for name, value in error.values.items()})


def finding(found: Finding) -> str:
    """What is odd about a formula that can be drawn, as Markdown."""
    said = _(FINDINGS[found.kind]).format(**found.values)
    return re.sub(r"(?<!\w)-(?=\d|∞)", "−", said.replace("-inf", "-∞"))


def _harmless(value: Any) -> str:
    """A value for a sentence in which it may stand between backticks, its own or the sentence's."""
    text = str(value)
    own = "`" if len(text) > 2 and text[0] == text[-1] == "`" else ""
    inner = text[1:-1] if own else text
    shown = "".join(each if each.isprintable() else "�" for each in inner.replace("`", "’"))
    return own + (shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…") + own


def marked(error: FormulaError) -> str:
    """The text as Markdown with the place in red; of a long text what stands around it; empty without one."""
    if error.place is None:
        return ""
    start, end = error.place
    end = max(start + 1, min(end, start + SHOWN))
    text = error.text if start < len(error.text) else error.text.ljust(start) + " "
    first, last = max(0, start - SHOWN // 2), min(len(text), end + SHOWN // 2)
    before, place, after = (_code(text[a:b]) for a, b in ((first, start), (start, end), (end, last)))
    start_cut, end_cut = "…" if first else "", "…" if last < len(text) else ""
    return f"{start_cut}{before}:red-background[**{place}**]{after}{end_cut}"


def _code(text: str) -> str:
    """Text between backticks, whatever is in it; a space as one that is seen."""
    shown = "".join(each if each.isprintable() else "�" for each in text.replace("`", "’"))
    return f"`{shown.replace(' ', ' ')}`" if shown else ""


def tell(error: FormulaError, place: Any = st) -> None:
    """Say what a formula is refused for, with the place marked."""
    place.error(reason(error), icon=":material/edit:")
    if where := marked(error):
        place.markdown(where)
