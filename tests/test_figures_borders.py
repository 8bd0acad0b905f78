"""Borders: converged and diverged cells in two ramps by rank, and the line of a dimension."""

import numpy as np
import plotly.graph_objects as go
import pytest
from seen_colours import VISION, channels, colour_at, distance, light

from landscape import figures
from landscape.figures.borders import CONVERGED, CONVERGED_COLOURS, DIVERGED, DIVERGED_COLOURS
from landscape.studio.encoding import serialize

NAN, INF = float("nan"), float("inf")
WORDS = {"converges": "well", "diverges": "badly"}


def valid(figure):
    return go.Figure(figure)


def trainability(values, converged=None, **settings):
    values = np.asarray(values, dtype=float)
    x, y = (np.geomspace(1, 10, size) for size in values.shape[::-1])
    good = values < 1 if converged is None else converged
    return figures.trainability_map(x, y, values, good, titles=("η₁", "η₂", "loss"), words=WORDS, **settings)


def random_map(shape=(40, 50)):
    rng = np.random.default_rng(0)
    values = 10.0 ** rng.uniform(-30, 30, size=shape)
    values[rng.random(shape) < 0.1] = INF
    values[rng.random(shape) < 0.1] = NAN
    return values


def test_better_runs_are_darker_blues_and_faster_divergence_is_a_lighter_red():
    values = random_map()
    cells = valid(trainability(values)).data[0]
    codes = np.asarray(cells.z)
    well = values < 1
    finite = np.isfinite(values)
    for part in (well, finite & ~well):
        order = np.argsort(values[part])
        assert (np.diff(codes[part][order].astype(int)) >= 0).all()
    assert codes[well].max() <= CONVERGED[1] < DIVERGED[0] <= codes[~well].min()
    assert set(codes[~finite]) == {DIVERGED[1]}
    assert light(colour_at(cells, *np.argwhere(well & (values == values[well].min()))[0])) < 0.03
    assert colour_at(cells, *np.argwhere(~finite)[0]) == pytest.approx(channels(DIVERGED_COLOURS[-1]))


def test_colours_use_equal_parts_of_the_picture():
    values = 10.0 ** np.linspace(-6, -1e-3, 10_000).reshape(100, 100) ** 3
    codes = trainability(values)["data"][0]["z"]
    counts = np.bincount(codes.ravel(), minlength=256)[CONVERGED[0] : CONVERGED[1] + 1]
    assert counts[1:-1].min() >= 0.97 * 10_000 / (CONVERGED[1] - CONVERGED[0])
    assert counts.max() <= 1.03 * 10_000 / (CONVERGED[1] - CONVERGED[0])


def test_what_is_not_finite_is_told_apart_by_the_step_at_which_it_was_left():
    values = [[0.1, 5.0, INF], [NAN, INF, INF]]
    left = [[-1, -1, 50], [3, 10, 1]]
    codes = trainability(values, diverged_at=left)["data"][0]["z"].astype(int)
    # 5.0 is finite and so nearest to the border, then the later a run is left.
    assert codes[0, 1] < codes[0, 2] < codes[1, 1] < codes[1, 0] < codes[1, 2]
    assert (codes[0, 1], codes[1, 2]) == DIVERGED


def test_a_run_that_converged_to_no_number_is_a_diverged_one():
    codes = trainability([[0.1, NAN], [0.2, INF]], converged=np.ones((2, 2), bool))["data"][0]["z"]
    assert (codes[:, 1] >= DIVERGED[0]).all()


@pytest.mark.parametrize("value", [0.5, 2.0, INF, NAN])
def test_a_map_of_one_kind_is_drawn(value):
    cells = valid(trainability(np.full((3, 3), value))).data[0]
    assert len({int(code) for row in cells.z for code in row}) == 1
    assert np.isfinite(cells.colorbar.tickvals).all()


def test_the_bar_says_where_the_values_of_the_better_part_end():
    bar = valid(trainability([[1e-3, 0.5], [0.25, INF]])).data[0].colorbar
    texts = dict(zip(bar.ticktext, bar.tickvals, strict=True))
    assert texts["0.001"] == CONVERGED[0]
    assert texts["0.5"] == CONVERGED[1]
    assert texts["∞"] == DIVERGED[1]
    assert texts["well"] < texts["badly"]
    finite = valid(trainability([[1e-3, 0.5], [0.25, 70.0]])).data[0].colorbar
    assert finite.ticktext[2] == "70"


def test_small_maps_tell_their_values_and_large_ones_travel_as_bytes():
    values = np.array([[1e-3, 0.5], [1e200, INF]])
    figure = valid(trainability(values))
    np.testing.assert_allclose(figure.data[0].customdata, np.log10(values), rtol=1e-6)
    large = trainability(np.tile(random_map((64, 64)), (8, 8)))
    assert large["data"][0]["z"].dtype == np.uint8
    assert len(serialize(large)[1]) < 1.34 * 512**2 + 15_000


@pytest.mark.parametrize("vision", VISION)
def test_the_two_sides_of_the_border_are_far_apart(vision):
    """In every shade: 15 is several times what is just noticeable (2.3)."""
    blues, reds = ([channels(colour) for colour in part] for part in (CONVERGED_COLOURS, DIVERGED_COLOURS))
    assert min(distance(blue, red, vision) for blue in blues for red in reds) > 15


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": [1, 0.5]}, "`x` must be finite and increasing"),
        ({"y": [0.0, 1.0]}, "`y` must be finite and increasing, at least two, and above 0"),
        ({"values": [[1, 2, 3], [1, 2, 3]]}, "`values`, `converged` and `diverged_at` must"),
        ({"diverged_at": [1, 2]}, "`values`, `converged` and `diverged_at` must"),
        ({"words": {}}, "`words` must have converges and diverges"),
    ],
)
def test_a_bad_map_is_refused(change, words):
    given = {"x": [1, 2], "y": [1, 2], "values": np.ones((2, 2)), "converged": np.ones((2, 2), bool)}
    given |= {"titles": ("a", "b", "c"), "words": WORDS}
    with pytest.raises(ValueError, match=words):
        figures.trainability_map(**given | change)


def test_the_line_of_a_dimension_goes_through_points_of_its_power_law():
    """The Cantor dust of ratio 1/3 in the plane needs 4ᵏ boxes of side 3⁻ᵏ: D = ln 4 / ln 3."""
    depths = np.arange(7)
    sizes, counts = 3.0**-depths, 4.0**depths
    figure = valid(
        figures.dimension_fit(sizes, counts, np.log(4) / np.log(3), titles=("size", "boxes"), error=0.01)
    )
    line, points = figure.data
    np.testing.assert_allclose(line.x, [3.0**-6, 1.0])
    np.testing.assert_allclose(line.y, [4.0**6, 1.0])
    np.testing.assert_array_equal(points.y, counts)
    assert figure.layout.annotations[0].text == "<b>D = 1.262 ± 0.010</b>"
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"


def test_sizes_without_a_box_are_left_out():
    figure = valid(figures.dimension_fit([1, 2, 4], [8, 4, 0], 1.0, titles=("", "")))
    np.testing.assert_array_equal(figure.data[1].x, [1, 2])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sizes": [0.0, 1.0]}, "`sizes` must be finite and above 0"),
        ({"counts": [0, 0]}, "`counts` must be finite and at least 0, one of them above 0"),
        ({"counts": [1]}, "must be columns of one length"),
        ({"dimension": NAN}, "`dimension` must be finite"),
    ],
)
def test_a_bad_fit_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        figures.dimension_fit(
            **{"sizes": [1, 2], "counts": [2, 1], "dimension": 1.0} | change, titles=("", "")
        )
