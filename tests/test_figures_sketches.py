"""Sketches and isolines: a picture of the numbers given, small enough for a page of them."""

import base64
import io
import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import landscape
from landscape import FUNCTIONS, figures
from landscape.figures.colours import HEIGHT_COLOURS, NO_VALUE
from landscape.figures.isolines import isolines

X, Y = np.linspace(-2.0, 4.0, 61), np.linspace(1.0, 2.0, 41)
TILTED = X[None, :] + 3.0 * Y[:, None]
SVG = "{http://www.w3.org/2000/svg}"


def parsed(uri):
    assert uri.startswith("data:image/svg+xml,")
    assert not re.search(r"[\s<>\"#]", uri), "what an address may not hold"
    return ElementTree.fromstring(unquote(uri.partition(",")[2]))


def pixels(uri):
    data = parsed(uri).find(f".//{SVG}image").get("href").partition("base64,")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)


def rgb(colour):
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])


# --- isolines --------------------------------------------------------------------------------------------


def test_lines_of_a_plane_are_straight():
    [line] = isolines(2.0 * np.arange(6.0)[None, :] + 5.0 * np.arange(4.0)[:, None], 9.0)
    np.testing.assert_allclose(2 * line[:, 0] + 5 * line[:, 1], 9, atol=1e-12)
    ends = sorted(line[[0, -1]].tolist())
    np.testing.assert_allclose(ends, [[0.0, 1.8], [4.5, 0.0]])


def test_a_circle_is_closed_and_round():
    across, up = np.meshgrid(np.linspace(-2, 2, 201), np.linspace(-3, 1, 201))
    [line] = isolines(across**2 + up**2, 0.81)
    np.testing.assert_array_equal(line[0], line[-1])
    radius = np.hypot(line[:, 0] * 0.02 - 2, line[:, 1] * 0.02 - 3)
    np.testing.assert_allclose(radius, 0.9, atol=1e-4)
    lengths = np.hypot(*np.diff(line, axis=0).T)
    assert 0.02 * lengths.sum() == pytest.approx(2 * np.pi * 0.9, rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_every_change_of_sign_is_crossed_once(seed):
    """Also through saddles: each grid edge between a lower and a higher end carries one point of one line."""
    values = np.random.default_rng(seed).normal(size=(9, 13))
    above = values >= 0.1
    edges = np.count_nonzero(above[1:] != above[:-1]) + np.count_nonzero(above[:, 1:] != above[:, :-1])
    lines = isolines(values, 0.1)
    points = np.concatenate([line[:-1] if (line[0] == line[-1]).all() else line for line in lines])
    assert len(points) == edges
    assert len(np.unique(points.round(12), axis=0)) == edges
    for line in lines:
        # No step leaves a cell, and an open line ends at the border.
        assert np.abs(np.diff(line, axis=0)).max() <= 1
        if (line[0] != line[-1]).any():
            for column, row in (line[0], line[-1]):
                assert column in (0, 12) or row in (0, 8)


@pytest.mark.parametrize(("middle", "count"), [(0.4, 2), (-0.4, 2)])
def test_a_saddle_goes_the_way_of_its_middle(middle, count):
    lines = isolines(np.array([[1.0, -1.0], [-1.0, 1.0]]) + middle, 0.0)
    assert len(lines) == count
    # High middle: the lines cut off the two low corners, else the two high ones.
    corners = {(1, 0), (0, 1)} if middle > 0 else {(0, 0), (1, 1)}
    for line in lines:
        centre = line.mean(axis=0)
        assert tuple(centre.round().astype(int)) in corners


def test_no_line_enters_a_cell_without_a_value():
    values = np.tile(np.arange(5.0), (6, 1))
    values[2, 2] = np.nan
    lines = isolines(values, 2.5)
    rows = np.concatenate([line[:, 1] for line in lines])
    assert sorted(rows) == [0, 1, 3, 4, 5]


def test_a_level_outside_has_no_line():
    assert isolines(TILTED, 1e9) == []
    with pytest.raises(ValueError, match="`values` must be a table"):
        isolines([1.0, 2.0], 1.0)


# --- sketches --------------------------------------------------------------------------------------------


def test_the_map_stands_upright():
    """The loss grows to the right and upward: dark blue at the lower left, yellow at the upper right."""
    image = pixels(figures.sketch(X, Y, TILTED))
    brightness = image @ [0.2126, 0.7152, 0.0722]
    assert brightness[-1, 0] < brightness[0, 0] < brightness[0, -1]
    assert brightness[-1, 0] < brightness[-1, -1] < brightness[0, -1]
    # From the lower to the upper left the loss grows by 3, from left to right by 6.
    assert brightness[0, 0] < brightness[-1, -1]
    assert image.shape[1] / image.shape[0] == pytest.approx(320 / 200, rel=0.02)


def test_the_map_runs_through_the_colours_of_the_landscapes():
    """Where it is flat, without shade: the lowest colour, the highest, and between them in order."""
    steps = np.repeat(np.array([0.0, 9.0, 4.0]), 30)
    image = pixels(figures.sketch(np.arange(90.0), Y, np.tile(steps, (41, 1)), width=200, height=100))
    np.testing.assert_allclose(image[:, 5], np.tile(rgb(HEIGHT_COLOURS[0]), (len(image), 1)), atol=8)
    np.testing.assert_array_equal(image[:, 50], np.tile(rgb(HEIGHT_COLOURS[9]), (len(image), 1)))
    assert (rgb(HEIGHT_COLOURS[2]) < image[10, 95]).all()
    assert (image[10, 95, :2] < rgb(HEIGHT_COLOURS[7])[:2]).all()


def test_a_plain_stays_plain():
    """Differences of a billionth are not made into hills, however much of the picture they fill."""
    values = 1e-9 * np.sin(3 * TILTED)
    values[20, 30] = -1.0
    image = pixels(figures.sketch(X, Y, values))
    assert np.ptp(image[:15].reshape(-1, 3), axis=0).max() <= 1


def test_what_has_no_value_is_grey():
    values = TILTED.copy()
    values[:10, :15] = np.nan
    image = pixels(figures.sketch(X, Y, values))
    np.testing.assert_array_equal(image[-1, 0], rgb(NO_VALUE))
    assert (image[0, -1] != rgb(NO_VALUE)).any()
    parsed(figures.sketch(X, Y, np.full_like(TILTED, np.nan)))


def test_paths_run_where_they_ran():
    path = np.array([[-2.0, 1.0], [1.0, 1.5], [4.0, 2.0]])
    svg = parsed(figures.sketch(X, Y, TILTED, [(path, "#D55E00")], width=300, height=100))
    start, end = svg.findall(f".//{SVG}circle")
    assert (float(start.get("cx")), float(start.get("cy"))) == (0.0, 100.0)
    assert (float(end.get("cx")), float(end.get("cy"))) == (300.0, 0.0)
    assert end.get("fill") == "#D55E00"
    [line] = svg.findall(f".//{SVG}defs/{SVG}path")
    assert line.get("d") == "M0,100l150-50,150-50"
    assert [use.get("stroke") for use in svg.iter(f"{SVG}use")] == ["#000", "#D55E00"]


def test_a_closed_line_has_no_start_and_no_end():
    around = [[0.0, 1.5], [1.0, 1.6], [1.0, 1.2], [0.0, 1.5]]
    svg = parsed(figures.sketch(X, Y, TILTED, [(around, "#D55E00")]))
    assert not svg.findall(f".//{SVG}circle")
    assert len(svg.findall(f".//{SVG}use")) == 2


def test_a_diverging_path_is_drawn_as_far_as_it_goes():
    path = [[0.0, 1.5], [1.0, 1.6], [1e300, 1.5], [np.nan, 1.0], [2.0, 1.5]]
    svg = parsed(figures.sketch(X, Y, TILTED, [(path, "#D55E00")]))
    ends = [float(circle.get("cx")) for circle in svg.findall(f".//{SVG}circle")]
    assert ends[0] == pytest.approx(320 / 3, abs=0.1)
    assert 320 < ends[1] < 1e5
    nothing = parsed(figures.sketch(X, Y, TILTED, [([[np.nan, 0.0]], "#D55E00")]))
    assert not nothing.findall(f".//{SVG}circle")


def test_a_colour_cannot_add_to_the_picture():
    svg = parsed(figures.sketch(X, Y, TILTED, [([[0.0, 1.5], [1.0, 1.6]], "red'/><script>1</script>")]))
    assert not svg.findall(f".//{SVG}script")


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_every_landscape_is_light(name, scale):
    grid = landscape.evaluate(FUNCTIONS[name], resolution=97)
    turns = np.linspace(0, 6 * np.pi, 300)
    middle, reach = (grid.x[48], grid.y[48]), (np.ptp(grid.x) / 3, np.ptp(grid.y) / 3)
    spiral = np.stack([np.cos(turns), np.sin(turns)], axis=-1) * np.exp(-turns / 9)[:, None] * reach + middle
    paths = [(spiral, "#0072B2"), (spiral[::-1] + 0.1, "#D55E00"), (spiral - 0.1, "#E69F00")]
    size = len(figures.sketch(grid.x, grid.y, grid.values, paths, scale=scale))
    assert size < 25_000


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: figures.sketch(X, Y, TILTED.T), "`values` must have the shape"),
        (lambda: figures.sketch(X, Y, TILTED, width=4), "`width` must"),
        (lambda: figures.sketch(X, Y, TILTED, height=10**6), "`height` must"),
        (lambda: figures.sketch(X, Y, TILTED, [(np.zeros((2, 3)), "#000000")]), "`paths` must"),
        (lambda: figures.sketch(X, Y, TILTED, scale="cubic"), "`scale` must"),
    ],
)
def test_bad_sketches_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
