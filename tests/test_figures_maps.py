"""Maps: every cell has the colour of what happened there, at its place on linear and logarithmic axes."""

from itertools import combinations, pairwise

import numpy as np
import plotly.graph_objects as go
import pytest
from seen_colours import VISION, channels, colour_at, contrast, distance, light

from landscape import figures
from landscape.figures.basins import HOVER_CELLS, mix
from landscape.figures.maps import DIVERGED, NEVER, STEP_COLOURS
from landscape.studio.encoding import serialize

NAN, INF = float("nan"), float("inf")


def valid(figure):
    return go.Figure(figure)


# --- steps over two numbers ------------------------------------------------------------------------------

RATES, MOMENTA = np.geomspace(1e-3, 1, 4), np.array([0.0, 0.5, 0.9])
STEPS = np.array([[500, 90, 20, -1], [400, 30, 12, 7], [-1, 450, 100, -1]])
OUTCOMES = np.full((3, 4), "converges", dtype="<U10")
OUTCOMES[0, 3] = OUTCOMES[1, 3] = "diverges"
OUTCOMES[2, 0] = "crawls"
OUTCOMES[2, 3] = "oscillates"
STEP_WORDS = {"never": "not in 500", "diverges": "diverges"}


def steps_map(**change):
    given = {
        "x": RATES,
        "y": MOMENTA,
        "steps": STEPS,
        "outcomes": OUTCOMES,
        "titles": ("η", "β", "steps"),
        "words": STEP_WORDS,
        "num_steps": 500,
    }
    return figures.steps_map(**given | change)


def test_fewer_steps_are_brighter_and_the_two_others_have_colours_of_their_own():
    cells = valid(steps_map()).data[0]
    arrived = {int(STEPS[place]): colour_at(cells, *place) for place in ((0, 0), (0, 1), (0, 2), (1, 2))}
    lights = [light(arrived[count]) for count in (12, 20, 90, 500)]
    assert lights == sorted(lights, reverse=True)
    assert colour_at(cells, 1, 2) == pytest.approx(channels(STEP_COLOURS[0]), abs=1)
    assert colour_at(cells, 0, 0) == pytest.approx(channels(STEP_COLOURS[-1]), abs=1)
    for row, column, colour in ((0, 3, DIVERGED), (1, 3, DIVERGED), (2, 0, NEVER), (2, 3, NEVER)):
        assert colour_at(cells, row, column) == pytest.approx(channels(colour), abs=1)


def test_what_never_arrives_and_what_diverges_stand_out_from_the_slowest():
    slowest = channels(STEP_COLOURS[-1])
    assert contrast(slowest, channels(DIVERGED)) > 1.8
    assert contrast(slowest, channels(NEVER)) > 3


def test_the_pointer_reads_steps_or_words():
    cells = valid(steps_map()).data[0]
    assert list(cells.text[0]) == ["500", "90", "20", "diverges"]
    assert cells.text[2][0] == "not in 500"
    bar = cells.colorbar
    assert bar.ticktext[-2:] == ("not in 500", "diverges")
    # A tick stands where its number of steps has its colour.
    place = dict(zip(bar.ticktext, bar.tickvals, strict=True))
    assert place["100"] == pytest.approx(cells.z[2][2], abs=1e-6)
    assert place["not in 500"] == pytest.approx(cells.z[2][0], abs=1e-5)
    assert place["diverges"] == pytest.approx(cells.z[0][3], abs=1e-5)


def test_cells_reach_half_way_to_their_neighbours_also_in_the_logarithm():
    figure = valid(steps_map())
    assert figure.layout.xaxis.type == "log"
    assert figure.layout.xaxis.range == pytest.approx((-3.5, 0.5))
    np.testing.assert_array_equal(figure.data[0].x, RATES)
    assert figure.layout.yaxis.range == pytest.approx((-0.25, 1.1))
    np.testing.assert_array_equal(figure.data[0].y, MOMENTA)
    even = valid(steps_map(x=[1.0, 2.0, 3.0, 4.0], logs=(False, False)))
    assert (even.data[0].x0, even.data[0].dx) == (1.0, 1.0)
    assert even.layout.xaxis.range == pytest.approx((0.5, 4.5))


def test_a_map_in_which_nothing_arrives_is_drawn():
    cells = valid(steps_map(steps=np.full((3, 4), -1), outcomes=np.full((3, 4), "crawls"))).data[0]
    assert colour_at(cells, 0, 0) == pytest.approx(channels(NEVER), abs=1)
    cells = valid(steps_map(steps=np.zeros((3, 4), int), outcomes=np.full((3, 4), ""), num_steps=1)).data[0]
    assert np.isfinite(cells.z).all()
    assert colour_at(cells, 0, 0) == pytest.approx(channels(STEP_COLOURS[0]), abs=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": [0.0, 1.0, 2.0, 3.0]}, "`x` must be finite and increasing, at least two, and above 0"),
        ({"y": [0.0, 0.5, 0.5]}, "`y` must be finite and increasing"),
        ({"steps": STEPS.T}, "`steps` and `outcomes` must have the shape"),
        ({"steps": STEPS + 1}, "`steps` must be from −1 to `num_steps`, got 0 to 501"),
        ({"words": {"never": "n"}}, "`words` must have never and diverges"),
    ],
)
def test_a_bad_map_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        steps_map(**change)


def test_theory_lies_over_the_map():
    """Heavy ball on λ = 1 and 20: stable below 2(1 + β)/λmax; Polyak's optimum, from the formulas."""
    kappa = 20.0
    momenta = np.linspace(0, 0.9, 10)
    best = (4 / (1 + np.sqrt(kappa)) ** 2, ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2)
    border = figures.stability_line(2 * (1 + momenta) / kappa, momenta, name="border", at=1.0)
    star = figures.optimum_mark(*best, name="Polyak")
    table = np.where(RATES[None, :] < 0.1, 1 - RATES[None, :] + 0 * MOMENTA[:, None], NAN)
    lines = figures.rate_lines(RATES, MOMENTA, table, levels=(0.9, 0.99, 0.03))
    figure = valid(steps_map(traces=[*lines, *border, *star]))
    _, contour, rim, line, word, mark, name = figure.data
    assert contour.contours.start == 0.9
    assert contour.contours.end == pytest.approx(0.99)
    np.testing.assert_allclose(line.x, 0.1 * (1 + momenta), rtol=1e-6)
    assert rim.line.width > line.line.width
    assert (word.x[0], word.y[0]) == pytest.approx((0.19, 0.9))
    assert (mark.x[0], mark.y[0]) == pytest.approx(best)
    assert name.text[0].strip() == "Polyak"
    assert len(figures.optimum_mark(1, 1, name="")) == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: figures.stability_line([1, 2], [1], name=""), "must be columns of one length"),
        (lambda: figures.stability_line([1, 2], [1, 2], name="", at=2.0), "`at` must be from 0 to 1"),
        (lambda: figures.optimum_mark(NAN, 1.0, name=""), "`x` and `y` must be finite"),
        (lambda: figures.rate_lines([1, 2], [1, 2], np.ones((2, 3)), levels=(0, 1, 0.1)), "shape"),
        (lambda: figures.rate_lines([1, 2], [1, 2], np.ones((2, 2)), levels=(0, 1, 0.0)), "`levels` must"),
    ],
)
def test_bad_theory_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- basins ----------------------------------------------------------------------------------------------

BASIN_WORDS = {"minimizer": "minimizer", "diverges": "gone", "moving": "moving"}
ROOTS = np.array([[1.0, 0.0], [-0.5, np.sqrt(3) / 2], [-0.5, -np.sqrt(3) / 2]])


def newton_basins(count=60, num_steps=30):
    """Newton's method for z³ = 1, whose basins turn into one another by a third of a turn."""
    axis = np.linspace(-1.5, 1.5, count)
    z = axis[None, :] + 1j * axis[:, None]
    labels, steps = np.full(z.shape, -2), np.full(z.shape, -1)
    for step in range(num_steps):
        gaps = np.abs(z[..., None] - (ROOTS @ [1, 1j]))
        new = (labels == -2) & (gaps.min(axis=-1) < 1e-6)
        labels[new], steps[new] = gaps.argmin(axis=-1)[new], step
        z = z - (z**3 - 1) / (3 * z**2)
    return axis, labels, steps


def basins(labels, steps, minimizers=ROOTS, **settings):
    axis = np.arange(labels.shape[0], dtype=float)
    return figures.basins_map(
        axis, axis, labels, steps, minimizers, titles=("x", "y", "steps"), words=BASIN_WORDS, **settings
    )


def test_each_basin_has_its_hue_and_darkens_with_the_steps():
    _, labels, steps = newton_basins()
    cells = valid(basins(labels, steps)).data[0]
    low, high = figures.usual_steps(labels, steps)
    for label in range(3):
        hue = figures.BASIN_COLOURS[label]
        ends = {np.log(low): mix(hue, "#ffffff", 0.55), np.log(high): mix(hue, "#000000", 0.5)}
        rows = np.argwhere(labels == label)
        lights = []
        for row, column in rows[:: len(rows) // 25]:
            part = np.log(max(steps[row, column], 1))
            colour = colour_at(cells, row, column)
            lights.append((part, light(colour)))
            for end, wanted in ends.items():
                if abs(part - end) < 1e-9:
                    assert colour == pytest.approx(channels(wanted), abs=1)
        values = [value for _, value in sorted(lights)]
        assert all(later <= earlier + 1e-9 for earlier, later in pairwise(values))
        assert values[0] > values[-1]


def test_what_reaches_no_minimizer_is_dark_or_grey_and_in_the_legend_only_where_it_is():
    labels = np.array([[0, 1], [-1, -2]])
    steps = np.array([[3, 40], [-1, -1]])
    figure = valid(basins(labels, steps))
    cells = figure.data[0]
    assert colour_at(cells, 1, 0) == pytest.approx(channels(DIVERGED), abs=1)
    assert colour_at(cells, 1, 1) == pytest.approx(channels("#9a9a9a"), abs=1)
    assert [list(row) for row in cells.text] == [["1", "2"], ["gone", "moving"]]
    assert [list(row) for row in cells.customdata] == [[3, 40], ["–", "–"]]
    names = [trace.name for trace in figure.data if trace.showlegend is not False and trace.name]
    assert names[-2:] == ["gone", "moving"]
    calm = valid(basins(np.array([[0, 1], [1, 0]]), np.array([[3, 40], [10, 3]])))
    assert not {"gone", "moving"} & {trace.name for trace in calm.data}
    np.testing.assert_array_equal(calm.data[0].text, [[1, 2], [2, 1]])


def test_the_legend_names_the_steps_of_its_shades():
    labels, steps = np.zeros((20, 20), int), np.repeat(np.geomspace(4, 100, 20).round().astype(int), 20)
    figure = valid(basins(labels, steps.reshape(20, 20), ROOTS[:1]))
    names = [trace.name for trace in figure.data[1:4]]
    assert names == ["steps: 4", "20", "100"]


def test_discs_stand_on_the_minimizers_in_their_hue():
    figure = valid(basins(np.zeros((2, 2), int), np.ones((2, 2), int)))
    discs = figure.data[-1]
    np.testing.assert_array_equal(np.stack([discs.x, discs.y], axis=-1), ROOTS)
    assert discs.text == ("1", "2", "3")
    assert discs.marker.color == figures.BASIN_COLOURS[:3]


def test_hues_differ_between_neighbours_also_for_thirty_minimizers():
    points = np.array([[i, j] for j in range(5) for i in range(6)], dtype=float)
    hues = figures.basin_hues(points)
    assert len(set(hues[:8].tolist())) == len(figures.BASIN_COLOURS) == 8
    for first in range(30):
        for second in range(first):
            if np.linalg.norm(points[first] - points[second]) < 1.5:
                assert hues[first] != hues[second]


@pytest.mark.parametrize("vision", VISION)
def test_hues_can_be_told_apart(vision):
    """A distance of 15 in CIELAB is several times what is just noticeable (2.3)."""
    hues = [channels(colour) for colour in figures.BASIN_COLOURS]
    assert min(distance(first, second, vision) for first, second in combinations(hues, 2)) > 15


def test_basins_share_their_shades_where_asked():
    labels = np.zeros((2, 2), int)
    first = basins(labels, np.array([[10, 20], [30, 40]]), step_range=(10, 1000))
    second = basins(labels, np.array([[20, 1000], [10, 40]]), step_range=(10, 1000))
    assert first["data"][0]["z"][0, 1] == second["data"][0]["z"][0, 0]
    assert first["data"][0]["z"][1, 1] == second["data"][0]["z"][1, 1]


def test_large_basins_travel_as_bytes():
    side = int(np.sqrt(HOVER_CELLS)) + 1
    labels = np.tile(np.arange(side) % 3, (side, 1))
    figure = basins(labels, np.full((side, side), 7))
    assert figure["data"][0]["z"].dtype == np.uint8
    assert "text" not in figure["data"][0]
    assert len(serialize(figure)[1]) < 1.34 * side**2 + 5_000


def test_basins_of_no_minimizer_are_drawn():
    figure = valid(basins(np.full((2, 2), -2), np.full((2, 2), -1), np.zeros((0, 2)), equal=True))
    assert colour_at(figure.data[0], 0, 0) == pytest.approx(channels("#9a9a9a"), abs=1)
    assert figure.layout.yaxis.scaleanchor == "x"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"labels": np.zeros((3, 2), int)}, "`labels` and `steps` must have the shape"),
        ({"labels": np.full((2, 2), 3)}, "`labels` must be from −2 to 2, got 3 to 3"),
        ({"labels": np.full((2, 2), -3)}, "`labels` must be"),
        ({"words": {"minimizer": "m"}}, "got none for .'diverges', 'moving'."),
        ({"step_range": (5.0, 1.0)}, "`step_range` must"),
    ],
)
def test_bad_basins_are_refused(change, words):
    given = {
        "x": [0, 1],
        "y": [0, 1],
        "labels": np.zeros((2, 2), int),
        "steps": np.ones((2, 2), int),
        "minimizers": ROOTS,
        "titles": ("x", "y", "steps"),
        "words": BASIN_WORDS,
    }
    with pytest.raises(ValueError, match=words):
        figures.basins_map(**given | change)
