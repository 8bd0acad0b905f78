"""Which table: an example, or a file of the reader's own that stays in this session; and how it is read."""

from typing import Any

import streamlit as st

from landscape.datasets import Table, TableError
from landscape.studio import controls, links, tabled
from landscape.studio.links import quoted
from landscape.studio.tabled import EXAMPLES, Held, Memory, Reading
from landscape.studio.texts import _

HELD, MEMORY, TURN = "own-table-held", "own-table-memory", "own-table-turn"
"""Where a session keeps its file, what follows from its table, and how often the field was emptied."""

FILE = "file"
"""The name of a table that the reader gives."""

ENCODINGS = ("utf-8", "utf-16", "cp949", "cp1252", "latin-1")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
DECIMALS = {"point": ".", "comma": ","}
HEADERS = {"yes": True, "no": False}
KEYS = ["data-table", "file", "encoding-table", "delimiter-table", "decimal-table", "header-table"]


def memory() -> Memory:
    """What this session keeps of its table."""
    found: Memory = st.session_state.setdefault(MEMORY, Memory())
    return found


def ask() -> Held | None:
    """Ask for a table; None as long as a file of the reader's own is still to come."""
    titles = {name: f"NIST · {each.title}" for name, each in EXAMPLES.items()} | {FILE: _("A file of yours")}
    name = controls.choice(_("Table"), "data-table", list(titles), titles=titles)
    if name != FILE:
        return memory().get(("held", name), lambda: tabled.example(name))
    state = st.session_state
    field = f"{HELD}-{state.setdefault(TURN, 0)}"

    def given() -> None:
        take(state[field])

    st.file_uploader(
        _("CSV file, 20 MB at most"),
        type=["csv", "tsv", "txt"],
        key=field,
        on_change=given,
        max_upload_size=tabled.MAX_BYTES // 2**20,
        help=_(
            "It stays in the memory of this session: nothing is written to disk, and no other reader sees "
            "it. A link carries its name and the names of its columns, never its numbers."
        ),
    )
    held: Held | None = state.get(HELD)
    if held is not None:
        links.show("file", held.name, "")
        if state[field] is None:
            st.button(_("Let go of {file}").format(file=quoted(held.name)), on_click=let_go, key="own-let-go")
    return held


def take(file: Any) -> None:
    """Keep the file that was given and forget what followed from the one before."""
    let_go() if file is None else st.session_state.update(
        {HELD: Held(file.name, file.getvalue()), MEMORY: Memory()}
    )


def let_go() -> None:
    """Forget the file and all that followed from it, and empty the field."""
    state = st.session_state
    state.pop(HELD, None)
    state[MEMORY] = Memory()
    state[TURN] = state.get(TURN, 0) + 1


def reading() -> Reading:
    """Choose how the file is read, where it is not as it was found to be."""
    found = _("As found")
    with st.expander(_("How the file is read")):
        encoding = controls.choice(
            _("Encoding"), "encoding-table", ["found", *ENCODINGS], titles={"found": found}
        )
        marks = {"comma": _("Comma ,"), "semicolon": _("Semicolon ;"), "tab": _("Tab")}
        delimiter = controls.choice(
            _("Between the fields"), "delimiter-table", ["found", *marks], titles=marks | {"found": found}
        )
        points = {"point": _("Point: 0.5"), "comma": _("Comma: 0,5")}
        decimal = controls.choice(
            _("Decimal sign"), "decimal-table", ["found", *points], titles=points | {"found": found}
        )
        heads = {"yes": _("Names of the columns"), "no": _("Numbers already")}
        header = controls.choice(
            _("First row"), "header-table", ["found", *heads], titles=heads | {"found": found}
        )
    return Reading(
        None if encoding == "found" else encoding,
        DELIMITERS.get(delimiter),
        DECIMALS.get(decimal),
        HEADERS.get(header),
    )


def read(held: Held, how: Reading) -> Table | TableError:
    """The table, or why the file is none."""
    return tabled.table(memory(), held, how)


def wanted() -> str:
    """What a link says of a file that is not here: its name and its columns, as Markdown; or nothing."""
    pending = links.pending()
    name = pending.get("file")
    if not name:
        return ""
    columns = [
        quoted(each) for key in ("target-table", "features-table") for each in pending.get(key, "").split(",")
    ]
    said = ", ".join(each for each in columns if each)
    return _(
        "This link was made with the file “{file}”, which it does not carry. Give that file, and the picture "
        "is the same again."
    ).format(file=quoted(name)) + (
        " " + _("It has the columns {columns}.").format(columns=said) if said else ""
    )
