"""What the browser makes of arrays, and how many of them it keeps, in the component's own module."""

import numpy as np
import pytest

from landscape.studio import server
from landscape.studio.encoding import encode, serialize
from landscape.studio.plot import REMEMBERED_BYTES

MODULE = """async text => {
    window.arrays = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}"""
BYTES = 10_000_000
KEEP = """([bytes, names]) => {
    for (const name of names) arrays.keepParts({ [name]: JSON.stringify("a".repeat(bytes - 2)) });
}"""
KEPT = "names => names.filter(name => arrays.partOf(name) !== undefined)"


@pytest.fixture
def arrays(page):
    page.goto("about:blank")
    page.evaluate(MODULE, (server.ASSETS / "arrays.js").read_text(encoding="utf-8"))
    return page


def test_rows_are_read_and_nested_as_numpy_reads_them(arrays):
    table = np.random.default_rng(0).normal(size=(5, 3))
    cube = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    places = [[row, column] for row in range(5) for column in range(3)]
    found = arrays.evaluate(
        """([table, cube, places]) => {
            const [rows, deep] = [arrays.decode(table), arrays.decode(cube)];
            const plain = list => list.map(row => ArrayBuffer.isView(row) ? Array.from(row) : plain(row));
            return {
                at: places.map(([row, column]) => rows.at(row, column)),
                row: Array.from(rows.row(3)), length: rows.length,
                nested: plain(arrays.nested({ rows }).rows), deep: plain(arrays.nested([deep])[0]),
                buffer: rows.flat.buffer === arrays.nested(rows)[4].buffer,
            };
        }""",
        [encode(table), encode(cube), places],
    )
    assert found["at"] == table.ravel().tolist()
    assert found["row"] == table[3].tolist()
    assert found["length"] == 5
    assert found["nested"] == table.tolist()
    assert found["deep"] == cube.tolist()
    assert found["buffer"], "rows are views, not copies"


def test_an_array_of_one_axis_keeps_what_is_not_finite(arrays):
    name, text = serialize({"x": np.array([1.0, np.nan, -np.inf])})
    arrays.evaluate("([name, text]) => arrays.keepParts({ [name]: text })", [name, text])
    found = arrays.evaluate("name => Array.from(arrays.partOf(name).x, String)", name)
    assert found == ["1", "NaN", "-Infinity"]


def test_the_oldest_are_forgotten_but_never_what_is_shown(arrays):
    names = [f"part-{place}" for place in range(10)]
    arrays.evaluate(KEEP, [BYTES, names])
    arrays.evaluate("names => arrays.showParts('plot', names)", [names[0], names[2]])
    # 2 · REMEMBERED_BYTES hold six parts of ten: two that are shown and the four youngest.
    assert 6 * BYTES <= 2 * REMEMBERED_BYTES < 7 * BYTES
    assert arrays.evaluate(KEPT, names) == [names[0], names[2], *names[6:]]


def test_what_is_no_longer_shown_is_forgotten_in_its_turn(arrays):
    names = [f"part-{place}" for place in range(8)]
    arrays.evaluate(KEEP, [BYTES, names])
    arrays.evaluate("names => arrays.showParts('plot', names)", names)
    assert arrays.evaluate(KEPT, names) == names, "everything is on the screen"
    arrays.evaluate("() => arrays.showParts('plot', null)")
    assert arrays.evaluate(KEPT, names) == names[2:]


def test_a_part_that_is_asked_for_is_young_again(arrays):
    names = [f"part-{place}" for place in range(7)]
    arrays.evaluate(KEEP, [BYTES, names])
    arrays.evaluate("name => void arrays.partOf(name)", names[0])
    arrays.evaluate("() => arrays.showParts('plot', [])")
    assert arrays.evaluate(KEPT, names) == [names[0], *names[2:]]
