"""What a page gives away, taken along and read again by other programs than ours."""

import contextlib
import csv
import io
import tempfile
from pathlib import Path

import numpy as np
from visiting import visit

from landscape.studio import sharing, units


def taken(monkeypatch, page, link):
    """Open a page, and see what it gives away."""
    offers = {}
    monkeypatch.setattr(sharing, "bar", lambda name, **made: offers.update(made, name=name))
    app = visit(page, link)
    assert offers["name"] == page
    return app, offers


def loaded(offers):
    """The NPZ file; all that is in it is described."""
    file = np.load(io.BytesIO(sharing.npz(offers["arrays"]())), allow_pickle=False)
    all_described(set(file.files) - {"settings", "units"}, offers)
    return file


def all_described(names, offers):
    """Fail for a name without a meaning."""
    own = offers.get("own_units")
    unknown = [name for name in names if units.meaning_of(name, own=own) == units.UNKNOWN]
    assert unknown == [], "describe these in studio/units.py"


def table(offers):
    """The CSV file, column by column, read by Python's own reader."""
    lines = list(csv.reader(io.StringIO(offers["table"]())))
    assert all(len(line) == len(lines[0]) for line in lines)
    all_described(lines[0], offers)
    return {name: [line[index] for line in lines[1:]] for index, name in enumerate(lines[0])}


def numbers(column):
    """A column of the CSV file as numbers."""
    return np.array([float(text) for text in column])


def printed(script):
    """What a script prints, run with nothing but itself."""
    return ran(script)[0]


def ran(script):
    """What a script prints, its variables, and the files that it writes, run with nothing but itself."""
    out, variables = io.StringIO(), {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(out):
        exec(compile(script, "script.py", "exec"), variables)
        files = {file.name: file.read_text(encoding="utf-8") for file in Path().iterdir() if file.is_file()}
    return out.getvalue(), variables, files
