"""Taking a picture along: its link, the interactive page as one file, the numbers, and the program."""

import io
from collections.abc import Callable, Mapping, Sequence
from csv import reader
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from landscape.studio import links, units
from landscape.studio.player_words import take_words
from landscape.studio.texts import ASSETS, _, language

FIELD = 150
"""Pixels of a button."""

PARTS = ("topic", "study", "part")
"""The controls that say which part of a page is shown."""

SCRIPTS = ASSETS / "sharing"


def _component(name: str) -> Any:
    style = (SCRIPTS / "buttons.css").read_text(encoding="utf-8")
    source = (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")
    return st.components.v2.component(f"landscape_{name}", js=source, css=style, html="")


_copy, _take, _embed, _whole = (_component(name) for name in ("copy", "take", "embed", "whole"))


@dataclass(frozen=True)
class Document:
    """An interactive page that is made when it is asked for, and its title."""

    title: str
    make: Callable[[], str]

    def __call__(self) -> str:
        """The document."""
        return self.make()


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
    own_units: Mapping[str, str] | None = None,
) -> None:
    """The buttons of a page; what they offer is made when one is pressed.

    Args:
        name: Name of the page, and of the files.
        html: Makes the interactive page as one file; a `Document` has a title, which is also the pictures'.
        arrays: Makes the named arrays of the NPZ file.
        table: Makes the CSV file.
        script: Makes the Python script.
        more: What else there is to take.
        own_units: Units of names that are not among `units.MEANINGS`: a reader's own columns.
    """
    title = html.title if isinstance(html, Document) else ""
    if embedded():
        _whole(key=f"{name}-whole", data={"label": _("Open the whole page")}, height="content")
        return
    with st.container(horizontal=True):
        _copy(key=f"{name}-link", data={"label": _("Copy link"), "done": _("Copied")}, width=FIELD)
        download = st.popover(
            _("Download"), icon=":material/download:", width=FIELD, key=f"{name}-download", on_change="rerun"
        )
    if not download.open:
        return
    settings = Settings(name, title, links.values())
    document = html()
    size = _("{size} MB").format(size=f"{len(document.encode()) / 1e6:.1f}")
    offers = (
        Offer(
            _("Interactive page (HTML, {size})").format(size=size),
            f"{name}.html",
            "text/html",
            lambda: document,
        ),
        Offer(
            _("Numbers (NPZ)"),
            f"{name}.npz",
            "application/octet-stream",
            lambda: npz(arrays(), settings, own_units),
        ),
        Offer(_("Numbers (CSV)"), f"{name}.csv", "text/csv", lambda: commented(table(), settings, own_units)),
        Offer(_("Python script"), f"{name}.py", "text/x-python", script),
    )
    with download:
        _take(
            key=f"{name}-take", data={"words": take_words(), "name": name, "title": title}, height="content"
        )
    for label, file_name, mime, make in (*offers, *more):
        download.download_button(
            label, make, file_name, mime, key=f"{name}-{file_name}", on_click="ignore", width="stretch"
        )
    with download:
        words = {"label": _("Embed in a page of yours"), "copy": _("Copy these lines"), "done": _("Copied")}
        _embed(key=f"{name}-embed", data=words | {"language": language(), "title": title}, height="content")


def embedded() -> bool:
    """Whether the page stands in another, with nothing but its pictures."""
    return bool(st.context.is_embedded)


class Settings(NamedTuple):
    """What a file says of the picture that its numbers are from.

    Args:
        page: The page.
        title: Of the picture; empty for none.
        values: Every control of the page as a link says it. It may grow until the run ends.
    """

    page: str
    title: str
    values: Mapping[str, str]

    @property
    def part(self) -> str:
        """The topic, study or part that is shown."""
        return next((self.values[key] for key in PARTS if key in self.values), "")

    def plain(self) -> dict[str, Any]:
        """The same as plain data. There is no date in it: the same picture gives the same file."""
        return {"page": self.page, "title": self.title, "parameters": dict(self.values), "library": VERSION}


NO_SETTINGS = Settings("", "", {})
VERSION = f"landscape on jax {version('jax')}"
"""What made the numbers."""


def npz(
    arrays: Mapping[str, Any], settings: Settings = NO_SETTINGS, own: Mapping[str, str] | None = None
) -> bytes:
    """Named arrays as the bytes of an NPZ file, with two texts of JSON: `settings` and `units`.

    Example:
        >>> file = np.load(io.BytesIO(npz({"loss": [0.5, 0.1]})), allow_pickle=False)
        >>> str(file["units"])
        '{"loss": {"meaning": "loss", "unit": "unit of the loss"}}'
    """
    file = io.BytesIO()
    found: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
    said: dict[str, Any] = {
        "settings": units.as_json(settings.plain()),
        "units": units.as_json(units.described(found, settings.part, own)),
    }
    np.savez_compressed(file, **found, **said)
    return file.getvalue()


def commented(table: str, settings: Settings, own: Mapping[str, str] | None = None) -> str:
    r"""A table in CSV below lines that say whence it is and what its columns mean, each with a `#` before.

    `pandas.read_csv(file, comment="#")` and `numpy.genfromtxt(file, delimiter=",")` leave them out.

    Example:
        >>> print(commented("step,loss\n0,0.5\n", Settings("paths", "Bowl", {"landscape": "bowl"})))
        # paths: Bowl
        # landscape = bowl
        # step [1]: step
        # loss [unit of the loss]: loss
        step,loss
        0,0.5
        <BLANKLINE>
    """
    columns = next(reader(io.StringIO(table)), [])
    lines = [
        f"{settings.page}: {settings.title}",
        *(f"{key} = {value}" for key, value in settings.values.items()),
        *(
            f"{name} [{each['unit']}]: {each['meaning']}"
            for name, each in units.described(columns, settings.part, own).items()
        ),
    ]
    return "".join(f"# {' '.join(line.split())}\n" for line in lines) + table


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
