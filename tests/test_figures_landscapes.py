"""Contours, surfaces, heights and what is drawn over them: the numbers in a figure are the arrays given."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import FUNCTIONS, OPTIMIZERS, figures
from landscape.curvature import Curvature
from landscape.figures.colours import HEIGHT_COLOURS, PATH_STYLES
from landscape.figures.fields import LONGEST, SHORTEST

# Neither square nor symmetric, so that no transpose and no mirror image can pass for it.
X, Y = np.linspace(-2.0, 4.0, 7), np.linspace(1.0, 2.0, 5)
VALUES = 1.0 + (X[None, :] + 2.0) ** 2 + 30.0 * (Y[:, None] - 1.0)


def valid(figure):
    """Plotly's own check of every attribute, and the figure as its reader would get it."""
    return go.Figure(figure)


def with_holes():
    values = VALUES.copy()
    values[0, 1], values[4, 6], values[2, 3] = np.nan, np.inf, -np.inf
    return values


# --- heights ---------------------------------------------------------------------------------------------


def test_heights_are_losses_or_their_logarithms_above_the_floor():
    linear = figures.measure(VALUES)
    np.testing.assert_array_equal(linear(VALUES), VALUES)
    log = figures.measure(VALUES, scale="log", floor=0.5)
    np.testing.assert_allclose(log(VALUES), np.log10(VALUES - 0.5), rtol=1e-14)
    assert log.title("loss") == "loss − 0.5"


def test_heights_of_several_pictures_span_all_of_them():
    shared = figures.measure(VALUES, VALUES + 100)
    assert (shared.low, shared.high) == (VALUES.min(), VALUES.max() + 100)


def test_a_floor_is_chosen_only_where_one_is_needed():
    assert figures.measure([[0.001, 10.0]], scale="log").floor == 0.0
    assert figures.measure([[3.0, 10.0]], scale="log").floor == 3.0
    assert figures.measure([[-3.0, 10.0]], scale="log").floor == -3.0


def test_few_huge_losses_do_not_hide_the_rest():
    values = np.append(np.linspace(0, 1, 999), 1e12)
    heights = figures.measure(values)
    assert heights.high < 1
    assert heights.open_top
    assert heights.ticks()[1][-1].startswith("≥")


@pytest.mark.parametrize("values", [[[np.nan, np.inf]], [[2.0, 2.0]], [[0.0, 1e300]], [[1e-300, 2e-300]]])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_heights_of_odd_losses_are_still_an_interval(values, scale):
    heights = figures.measure(values, scale=scale)
    assert np.isfinite([heights.low, heights.high]).all()
    assert heights.low < heights.high
    assert len(heights.ticks()[0]) == len(heights.ticks()[1])


@pytest.mark.parametrize("settings", [{"scale": "cubic"}, {"floor": np.nan}])
def test_bad_heights_are_refused(settings):
    with pytest.raises(ValueError, match=f"`{next(iter(settings))}` must"):
        figures.measure(VALUES, **settings)


# --- landscapes ------------------------------------------------------------------------------------------


def test_a_contour_holds_the_losses_at_their_places():
    figure = valid(figures.contour(X, Y, VALUES, titles=("a", "b", "loss")))
    colours = figure.data[0]
    np.testing.assert_allclose(colours.z, VALUES, rtol=1e-6)
    np.testing.assert_allclose(colours.x0 + colours.dx * np.arange(X.size), X)
    np.testing.assert_allclose(colours.y0 + colours.dy * np.arange(Y.size), Y)
    assert list(figure.layout.xaxis.range) == [-2, 4]
    assert list(figure.layout.yaxis.range) == [1, 2]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("a", "b")


def test_a_surface_holds_the_losses_at_their_places():
    figure = valid(figures.surface(X, Y, VALUES, titles=("a", "b", "loss"), scale="log", floor=0.0))
    np.testing.assert_array_equal(figure.data[0].x, X)
    np.testing.assert_array_equal(figure.data[0].y, Y)
    np.testing.assert_allclose(figure.data[0].z, np.log10(VALUES), rtol=1e-6)
    np.testing.assert_allclose(figure.data[0].customdata, VALUES, rtol=1e-6)


@pytest.mark.parametrize("draw", [figures.contour, figures.surface])
def test_what_has_no_value_is_a_hole_and_is_counted(draw):
    figure = valid(draw(X, Y, with_holes(), no_value="no value"))
    assert np.isnan(figure.data[0].z[[0, 4, 2], [1, 6, 3]]).all()
    assert np.count_nonzero(np.isnan(figure.data[0].z)) == 3
    assert figure.layout.annotations[0].text == "no value: 3"


@pytest.mark.parametrize("draw", [figures.contour, figures.surface])
@pytest.mark.parametrize("values", [VALUES.T, VALUES[0], VALUES[:1]])
def test_shapes_that_do_not_agree_are_refused(draw, values):
    with pytest.raises(ValueError, match="`values` must have the shape"):
        draw(X, Y, values)


def test_a_huge_loss_survives_in_the_figure():
    values = VALUES.copy()
    values[1, 2] = 1e200
    assert valid(figures.contour(X, Y, values)).data[0].customdata[1, 2] == 1e200


# --- arrows ----------------------------------------------------------------------------------------------


def arrows(x, y, gx, gy):
    """Tails and tips, one row for each arrow."""
    _, light = figures.gradient_arrows(x, y, gx, gy, name="field")
    points = np.stack([light["x"], light["y"]], axis=-1).reshape(-1, 6, 2).astype(float)
    assert np.isnan(points[:, 5]).all()
    np.testing.assert_array_equal(points[:, 1], points[:, 3])
    return points[:, 0], points[:, 1]


def test_a_surface_rises_no_higher_than_plotly_can_draw():
    # Of 10³⁰⁰ Plotly would make lines without end.
    values = np.exp(np.linspace(0.0, 700.0, 35)).reshape(5, 7)
    figure = figures.surface(X, Y, values)
    top = figure["layout"]["scene"]["zaxis"]["range"][1]
    z = np.asarray(figure["data"][0]["z"], float)
    assert top < z.max() < 1e4 * top < values.max()
    np.testing.assert_allclose(z[values < top], values[values < top], rtol=1e-6)


def test_arrows_point_downhill_from_their_own_grid_point():
    gx = np.broadcast_to(2 * (X[None, :] + 2.5), VALUES.shape)
    gy = np.broadcast_to(30.0 * (Y[:, None] - 0.5), VALUES.shape)
    tails, tips = arrows(X, Y, gx, gy)
    places = np.stack(np.meshgrid(X, Y), axis=-1).reshape(-1, 2)
    np.testing.assert_allclose((tails + tips) / 2, places, atol=1e-6)
    moves, downhill = tips - tails, -np.stack([gx, gy], axis=-1).reshape(-1, 2)
    # Parallel, in the picture's coordinates, and the same way.
    cross = moves[:, 0] * downhill[:, 1] - moves[:, 1] * downhill[:, 0]
    np.testing.assert_allclose(cross / np.linalg.norm(downhill, axis=1), 0, atol=1e-6)
    assert (np.einsum("ki,ki->k", moves, downhill) > 0).all()


def test_arrows_are_longer_where_it_is_steeper_and_never_longer_than_a_cell():
    steepness = 10.0 ** np.arange(-12, 13, 4)
    tails, tips = arrows(X, [0, 1], np.stack([steepness, steepness]), np.zeros((2, 7)))
    lengths = np.abs(tips - tails)[:7, 0] / (X[1] - X[0])
    assert (np.diff(lengths) > 0).all()
    assert lengths.min() >= SHORTEST - 1e-6
    assert lengths.max() <= LONGEST


def test_no_arrow_stands_where_the_gradient_is_zero_or_not_finite():
    gx, gy = np.ones((5, 7)), np.ones((5, 7))
    gx[0, 0], gy[3, 2], gx[1, 1] = np.nan, np.inf, 1e308
    gy[1, 1] = -1e308
    gx[2, 4] = gy[2, 4] = 0.0
    tails, tips = arrows(X, Y, gx, gy)
    assert len(tails) == 35 - 3
    assert np.isfinite(tails).all()
    assert np.isfinite(tips).all()
    assert figures.gradient_arrows(X, Y, np.zeros((5, 7)), np.zeros((5, 7)), name="") == []


def test_arrows_are_drawn_by_plotly():
    traces = figures.gradient_arrows(X, Y, VALUES, -VALUES, name="field")
    figure = valid(figures.contour(X, Y, VALUES, traces=traces))
    assert [trace.name for trace in figure.data[2:]] == ["field", "field"]


@pytest.mark.parametrize(("gx", "gy"), [(VALUES.T, VALUES.T), (VALUES, VALUES[0]), (VALUES[:1], VALUES[:1])])
def test_arrows_of_another_shape_are_refused(gx, gy):
    with pytest.raises(ValueError, match="`gx` and `gy` must have the shape"):
        figures.gradient_arrows(X, Y, gx, gy, name="")


# --- critical points -------------------------------------------------------------------------------------

NAMES = {"minimum": "Minimum", "saddle": "Saddle", "maximum": "Maximum", "degenerate": "Flat"}
POINTS = np.array([[3.0, 1.5], [-1.0, 1.25], [0.0, 1.75], [2.0, 1.0]])
KINDS = ["saddle", "minimum", "minimum", "degenerate"]
LOSSES = np.array([7.0, 2.0, 3.0, 5.0])


def test_critical_points_stand_at_their_places_by_kind():
    traces = figures.critical_marks(POINTS, KINDS, NAMES, LOSSES, titles=("a", "b", "loss"))
    valid(figures.contour(X, Y, VALUES, traces=traces))
    found = {trace["name"]: (trace["x"].tolist(), trace["y"].tolist()) for trace in traces}
    assert found == {
        "Minimum": ([-1.0, 0.0], [1.25, 1.75]),
        "Saddle": ([3.0], [1.5]),
        "Flat": ([2.0], [1.0]),
    }
    assert traces[0]["customdata"].tolist() == [2.0, 3.0]
    assert "loss: %{customdata" in traces[0]["hovertemplate"]


def test_critical_points_on_a_surface_stand_on_its_heights():
    heights = figures.measure(VALUES, scale="log", floor=0.0)
    traces = figures.critical_marks(POINTS, KINDS, NAMES, LOSSES, heights=heights)
    valid(figures.surface(X, Y, VALUES, heights=heights, traces=traces))
    minima = traces[0]
    np.testing.assert_allclose(minima["z"][[0, 3]], np.log10([2.0, 3.0]))
    np.testing.assert_allclose(minima["x"][[0, 3]], [-1.0, 0.0])
    assert (minima["z"][[1, 4]] > minima["z"][[0, 3]]).all()
    # What is seen is the head of each pin.
    assert (minima["marker"]["size"] > 0).tolist() == [False, True, False] * 2


def test_every_kind_has_a_symbol_of_its_own():
    decided = set(Curvature.__annotations__["kind"].__args__) - {"not-critical"}
    assert set(figures.KIND_SYMBOLS) == decided
    assert len(set(figures.KIND_SYMBOLS.values())) == len(decided)


def test_no_critical_points_are_no_traces():
    assert figures.critical_marks([], [], NAMES, []) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": POINTS.T}, "`points`, `kinds` and `losses` must"),
        ({"losses": LOSSES[:3]}, "`points`, `kinds` and `losses` must"),
        ({"kinds": KINDS[:3]}, "`points`, `kinds` and `losses` must"),
        ({"kinds": [*KINDS[:3], "hill"]}, "`kinds` must be of .*hill"),
        ({"names": {"minimum": "Minimum"}}, "`kinds` must be of .* have a name"),
    ],
)
def test_bad_critical_points_are_refused(change, words):
    good = {"points": POINTS, "kinds": KINDS, "names": NAMES, "losses": LOSSES}
    with pytest.raises(ValueError, match=words):
        figures.critical_marks(**(good | change))


# --- colours ---------------------------------------------------------------------------------------------


def lightness(colour):
    """CIE L*, from sRGB."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)
    ]
    luminance = float(np.dot([0.2126, 0.7152, 0.0722], linear))
    return 116 * np.cbrt(luminance) - 16 if luminance > 0.008856 else 903.3 * luminance


def test_every_optimizer_has_a_path_of_its_own():
    styles = [figures.path_style(name) for name in OPTIMIZERS]
    assert set(OPTIMIZERS) <= set(PATH_STYLES)
    assert len({(style.color, style.dash) for style in styles}) == len(styles)
    assert len({style.symbol for style in styles}) == len(styles)


def test_path_colours_are_seen_on_white_and_on_black():
    for style in PATH_STYLES.values():
        assert 25 < lightness(style.color) < 85


def test_heights_are_read_by_lightness_alone():
    steps = np.diff([lightness(colour) for colour in HEIGHT_COLOURS])
    assert (steps > 4).all()
    assert steps.max() < 2 * steps.min()


def test_names_outside_the_registry_have_a_steady_style():
    assert figures.path_style("mine") == figures.path_style("mine")
    cycle = [figures.cycle_style(number) for number in range(24)]
    assert len({(style.color, style.dash) for style in cycle}) == 24


def test_a_real_landscape_is_drawn():
    objective = FUNCTIONS["rosenbrock"]
    (left, right), (low, high) = objective.domain
    x, y = np.linspace(left, right, 9), np.linspace(low, high, 8)
    values = np.array([[float(objective.loss(np.array([a, b]))) for a in x] for b in y])
    figure = valid(figures.contour(x, y, values, scale="log", floor=objective.minimum))
    by_hand = (1 - x[None, :]) ** 2 + 100 * (y[:, None] - x[None, :] ** 2) ** 2
    np.testing.assert_allclose(figure.data[0].customdata, by_hand, rtol=1e-5, atol=1e-4)
