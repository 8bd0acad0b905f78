"""Fields for text that a reader types: it stays as it is, even where it cannot be used."""

from typing import Any, Literal

import streamlit as st

from landscape.studio.links import settle

PAUSE = "400ms"
"""So long nothing is typed before the page looks at what there is."""


def text(
    label: str,
    key: str,
    default: str,
    *,
    live: bool = True,
    labelled: bool = True,
    help: str | None = None,
    placeholder: str | None = None,
    width: int | Literal["stretch"] = "stretch",
) -> tuple[str, bool]:
    """A line of text, and whether a link has just brought it.

    The page says what of it can be used, and lets the address say that with `links.show`.

    Args:
        label: Translated label.
        key: The parameter of the link.
        default: The first text.
        live: Whether the page follows while the reader types, else when the reader has finished.
        labelled: Whether the label is seen, not only heard.
        help: Translated help.
        placeholder: What stands in the empty field.
        width: Of the field.
    """
    came = False

    def read(texts: list[str]) -> str:
        nonlocal came
        came = True
        return texts[-1]

    def holds(value: Any) -> bool:
        return isinstance(value, str)

    value: str = settle(key, read, default, holds)
    typed = st.text_input(
        label,
        key=key,
        live=PAUSE if live else False,
        label_visibility="visible" if labelled else "collapsed",
        help=help,
        placeholder=placeholder,
        autocomplete="off",
        width=width,
    )
    return (value if typed is None else typed), came
