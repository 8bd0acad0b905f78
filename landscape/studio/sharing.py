"""Taking a picture along: its link, the interactive page as one file, the numbers, and the program."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from landscape.studio.texts import _

COPY = """
export default function ({ data, parentElement }) {
    let button = parentElement.querySelector("button");
    if (!button) {
        button = document.createElement("button");
        button.type = "button";
        parentElement.append(button);
    }
    button.textContent = data.label;
    button.onclick = async () => {
        const link = window.location.href;
        try {
            await navigator.clipboard.writeText(link);
            button.textContent = data.done;
        } catch {
            /* Without https there is no clipboard: the link is shown, to be copied by hand. */
            window.prompt(data.label, link);
        }
        setTimeout(() => { button.textContent = data.label; }, 2000);
    };
}
"""

STYLE = """
button {
    font: inherit; font-size: 0.875rem; color: var(--st-text-color); background: transparent; cursor: pointer;
    border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 0.5rem);
    padding: 0.25rem 0.75rem; min-height: 2.5rem; width: 100%;
}
button:hover, button:focus-visible { color: var(--st-primary-color); border-color: var(--st-primary-color); }
"""

FIELD = 150
"""Pixels of a button."""

_copy = st.components.v2.component("landscape_copy_link", js=COPY, css=STYLE, html="")


class Offer(NamedTuple):
    """A file to take along: its label, its name, its type, and what makes it when it is asked for."""

    label: str
    file_name: str
    mime: str
    make: Callable[[], str | bytes]


def bar(
    name: str,
    *,
    html: Callable[[], str],
    arrays: Callable[[], Mapping[str, Any]],
    table: Callable[[], str],
    script: Callable[[], str],
    more: Sequence[Offer] = (),
) -> None:
    """The buttons of a page; what they offer is made when one is pressed.

    Args:
        name: Name of the page, and of the files.
        html: Makes the interactive page as one file.
        arrays: Makes the named arrays of the NPZ file.
        table: Makes the CSV file.
        script: Makes the Python script.
        more: What else there is to take.
    """
    with st.container(horizontal=True):
        _copy(key=f"{name}-link", data={"label": _("Copy link"), "done": _("Copied")}, width=FIELD)
        download = st.popover(
            _("Download"), icon=":material/download:", width=FIELD, key=f"{name}-download", on_change="rerun"
        )
    if not download.open:
        return
    offers = (
        Offer(_("Interactive page (HTML)"), f"{name}.html", "text/html", html),
        Offer(_("Numbers (NPZ)"), f"{name}.npz", "application/octet-stream", lambda: npz(arrays())),
        Offer(_("Numbers (CSV)"), f"{name}.csv", "text/csv", table),
        Offer(_("Python script"), f"{name}.py", "text/x-python", script),
    )
    for label, file_name, mime, make in (*offers, *more):
        download.download_button(
            label, make, file_name, mime, key=f"{name}-{file_name}", on_click="ignore", width="stretch"
        )


def npz(arrays: Mapping[str, Any]) -> bytes:
    """Named arrays as the bytes of an NPZ file."""
    file = io.BytesIO()
    found: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
    np.savez_compressed(file, **found)
    return file.getvalue()


def csv(columns: Mapping[str, Any]) -> str:
    """Columns of one length as CSV, numbers with all their digits.

    Example:
        >>> print(csv({"step": [0, 1], "loss": [0.5, 0.1]}))
        step,loss
        0,0.5
        1,0.1
        <BLANKLINE>
    """
    rows = zip(*(np.asarray(column).tolist() for column in columns.values()), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    return "\n".join(lines) + "\n"
