"""Sweeps and races: where each run stands, and that none is dropped."""

import itertools

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures
from landscape.figures.edges import edge_marks, up_to_edge
from landscape.figures.finals import loss_axis
from landscape.studio.encoding import serialize

NAN, INF = float("nan"), float("inf")
WORDS = {name: name.upper() for name in figures.OUTCOME_COLOURS}
TITLES = ("η", "loss")
WHOLE = (1e-4, 1.0)


def valid(figure):
    return go.Figure(figure)


def hessian_sweep(curvatures=(1.0, 10.0), num_steps=100, count=160):
    """Gradient descent on ½ Σ λᵢxᵢ² from (1, 1), in closed form: xᵢ(t) = (1 − ηλᵢ)ᵗ."""
    rates = np.geomspace(*WHOLE, count)
    factors = 1 - rates * np.array(curvatures)[:, None]
    with np.errstate(over="ignore"):
        losses = 0.5 * (np.array(curvatures)[:, None] * factors ** (2 * num_steps)).sum(axis=0)
    start = 0.5 * sum(curvatures)
    # It diverges beyond 2/λmax.
    limit = 2 / max(curvatures)
    outcomes = np.select([rates > limit, rates > limit / 4], ["diverges", "converges"], "crawls")
    return rates, losses, outcomes, start


def curve_of(rates, losses, outcomes, **settings):
    return figures.sweep_curve(rates, losses, outcomes, titles=TITLES, words=WORDS, **settings)


# --- the sweep -------------------------------------------------------------------------------------------


def test_the_sweep_of_a_quadratic_has_its_bands_where_theory_has_them():
    rates, losses, outcomes, start = hessian_sweep()
    figure = curve_of(rates, losses, outcomes, start_loss=start, limits=[(0.2, "2/λmax", "dash")])
    shown = valid(figure)
    strips = [shape for shape in shown.layout.shapes if shape.ysizemode == "pixel"]
    assert [strip.fillcolor for strip in strips] == [
        figures.OUTCOME_COLOURS[name] for name in ("crawls", "converges", "diverges")
    ]
    # The border of two bands is half way between two rates, here at most half a step from 2/λmax = 0.2.
    assert abs(np.log(strips[-1].x0 / 0.2)) <= 0.5 * np.log(rates[1] / rates[0])
    assert [10**end for end in shown.layout.xaxis.range] == pytest.approx([strips[0].x0, strips[-1].x1])
    assert all(left.x1 == right.x0 for left, right in itertools.pairwise(strips))
    [line] = [shape for shape in shown.layout.shapes if shape.type == "line"]
    assert (line.x0, line.x1, line.line.dash) == (0.2, 0.2, "dash")
    texts = {note.text: note.x for note in shown.layout.annotations}
    assert texts.pop("2/λmax") == pytest.approx(np.log10(0.2))
    assert set(texts) == {"CRAWLS", "CONVERGES", "DIVERGES"}


def test_every_run_of_a_sweep_is_on_the_curve_or_at_the_edge():
    rates, losses, outcomes, start = hessian_sweep()
    figure = curve_of(rates, losses, outcomes, start_loss=start)
    shown = valid(figure)
    curve, marks = shown.data
    np.testing.assert_array_equal(curve.customdata, losses)
    meta = shown.layout.meta
    gone = losses > meta["top"]
    assert 0 < gone.sum() < losses.size
    np.testing.assert_allclose(marks.x, rates[gone], rtol=1e-6)
    np.testing.assert_allclose(curve.y[~gone], np.maximum(losses[~gone], meta["bottom"]), rtol=1e-6)
    assert set(np.round(marks.y, 6)) == {np.float32(meta["top"]).round(6)}
    low, high = (10**end for end in shown.layout.yaxis.range)
    assert low < meta["bottom"] < meta["top"] < high


@pytest.mark.parametrize("huge", [1e5, 1e300, np.finfo(float).max])
def test_a_run_that_explodes_does_not_flatten_the_others(huge):
    losses = [5.0, 1.0, 1e-3, huge]
    figure = valid(curve_of([0.1, 0.2, 0.3, 0.4], losses, ["crawls"] * 3 + ["diverges"], start_loss=5.0))
    low, high = figure.layout.yaxis.range
    # From 1e-3 to a thousand times the start, and a margin.
    assert low == pytest.approx(-3, abs=0.5)
    assert high == pytest.approx(np.log10(5e3), abs=0.5)
    assert figure.data[1].marker.symbol == ("triangle-up",)
    assert figure.data[1].text[0].endswith("<br>DIVERGES")


@pytest.mark.parametrize(("value", "text"), [(INF, "∞"), (NAN, "NaN")])
def test_what_is_not_finite_is_a_cross_at_the_edge(value, text):
    figure = valid(curve_of([0.1, 0.2, 0.3], [1.0, 0.5, value], ["crawls", "crawls", "diverges"]))
    marks = figure.data[1]
    assert marks.text == (f"{text}<br>DIVERGES",)
    assert marks.marker.symbol == ("x",)
    assert marks.marker.size[0] > 0
    # The curve goes up to the edge and no farther.
    assert marks.y[0] == pytest.approx(figure.data[0].y[-1])


def test_minus_infinity_lies_at_the_lower_edge():
    figure = valid(curve_of([0.1, 0.2, 0.3], [1.0, 0.5, -INF], ["crawls", "crawls", "diverges"]))
    assert len(figure.data) == 1
    assert figure.data[0].y[-1] == pytest.approx(figure.layout.meta["bottom"])


def test_losses_at_the_floor_lie_at_the_lower_edge_and_the_title_names_the_floor():
    losses = [3.5, 3.0 + 1e-4, 3.0, 3.0 - 1e-15]
    figure = valid(curve_of([0.1, 0.2, 0.3, 0.4], losses, ["converges"] * 4, floor=3.0, start_loss=103.0))
    assert figure.layout.yaxis.title.text == "loss − 3"
    assert figure.layout.meta["floor"] == 3.0
    np.testing.assert_allclose(figure.data[0].y, [0.5, 1e-4, *[figure.layout.meta["bottom"]] * 2], rtol=1e-6)
    np.testing.assert_array_equal(figure.data[0].customdata, losses)


@pytest.mark.parametrize("start_loss", [None, 5.0, INF, NAN, 0.0])
@pytest.mark.parametrize("losses", [[INF] * 3, [0.0] * 3, [1e-320, 1.0, 1e308], [-1e300, -1.0, NAN]])
def test_any_losses_give_a_finite_axis(losses, start_loss):
    figure = valid(curve_of([0.1, 0.2, 0.3], losses, ["diverges"] * 3, start_loss=start_loss))
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert 0 < figure.layout.meta["bottom"] < figure.layout.meta["top"] < INF
    drawn = np.concatenate([np.asarray(trace.y, dtype=float) for trace in figure.data])
    assert np.isfinite(drawn).sum() >= 3


def test_a_band_that_is_too_narrow_has_no_word_and_the_widest_of_its_kind_has_it():
    rates = np.geomspace(1e-4, 1, 400)
    outcomes = np.full(400, "crawls", dtype="<U10")
    outcomes[200:203] = "oscillates"
    outcomes[300:] = "diverges"
    figure = valid(curve_of(rates, np.ones(400), outcomes))
    notes = {note.text: note.x for note in figure.layout.annotations}
    assert set(notes) == {"CRAWLS", "DIVERGES"}
    assert np.log10(rates[0]) < notes["CRAWLS"] < np.log10(rates[199])


def test_limits_outside_the_picture_or_without_a_number_are_left_out():
    limits = [(value, str(value), "dot") for value in (1e-9, 0.15, 7.0, INF, NAN, -1.0, 0.0)]
    figure = valid(curve_of([0.1, 0.2], [1.0, 2.0], ["crawls"] * 2, limits=limits))
    assert [shape.x0 for shape in figure.layout.shapes if shape.type == "line"] == [0.15]


def test_marks_at_the_edge_do_not_touch_but_all_of_them_can_be_pointed_at():
    rates = np.geomspace(1e-4, 1, 512)
    losses = np.where(rates < 0.01, 1.0, np.where(rates < 0.1, 1e200, INF))
    outcomes = np.where(rates < 0.01, "crawls", "diverges")
    marks = valid(curve_of(rates, losses, outcomes)).data[1]
    assert len(marks.x) == (rates >= 0.01).sum()
    drawn = np.log10(marks.x[np.asarray(marks.marker.size) > 0])
    assert 10 < drawn.size < 60
    assert (np.diff(drawn) > 0.9 * 14 / 560 * 4).sum() >= drawn.size - 2
    assert marks.x[0] == pytest.approx(rates[rates >= 0.01][0])
    first_cross = marks.marker.symbol.index("x")
    assert marks.marker.size[first_cross] > 0


def test_a_sweep_is_light():
    rates, losses, outcomes, start = hessian_sweep(count=512)
    assert len(serialize(curve_of(rates, losses, outcomes, start_loss=start))[1]) < 30_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rates": [0.0, 0.1]}, "`rates` must be at least two finite increasing numbers above 0"),
        ({"rates": [0.2, 0.1]}, "`rates` must"),
        ({"rates": [0.1]}, "`rates` must"),
        ({"losses": [1.0]}, r"`losses` must have the shape \(2,\)"),
        ({"outcomes": ["crawls"]}, "`outcomes` must have the shape"),
        ({"outcomes": ["crawls", "flies"]}, "`outcomes` must be of crawls"),
        ({"words": {"crawls": "c"}, "outcomes": ["crawls", "diverges"]}, "got .'diverges'."),
        ({"floor": NAN}, "`floor` must be finite"),
    ],
)
def test_a_bad_sweep_is_refused(change, words):
    good = {"rates": [0.1, 0.2], "losses": [1.0, 2.0], "outcomes": ["crawls", "crawls"]}
    given = {"titles": TITLES, "words": WORDS} | good | change
    with pytest.raises(ValueError, match=words):
        figures.sweep_curve(**given)


def test_an_axis_without_a_start_is_cut_above_the_middle():
    shown = loss_axis("loss", [1.0, 2.0, 4.0, 1e100])
    assert shown.top == pytest.approx(3e3, rel=0.5)
    np.testing.assert_array_equal(shown.leaves(np.array([1.0, 1e100, NAN, INF, -INF])), [0, 1, 1, 1, 0])


def test_a_curve_leaves_and_comes_back_at_the_edge():
    values = np.array([1.0, 9.0, 9.0, 9.0, 1.0, NAN, 2.0, INF])
    np.testing.assert_array_equal(up_to_edge(values, 5.0), [1, 5, NAN, 5, 1, 5, 2, 5])
    assert edge_marks(np.arange(2.0), values[:2], np.zeros(2, bool), 5.0, hover="", colour="#000000") == []


# --- several optimizers ----------------------------------------------------------------------------------


def family(**change):
    rates, losses, _, start = hessian_sweep()
    given = {
        "rates": [rates, rates[:50] * 3],
        "losses": [losses, np.linspace(2, 1, 50)],
        "names": ["GD", "Adam"],
        "styles": [figures.path_style("gd"), figures.path_style("adam")],
        "best": [float(rates[losses.argmin()]), None],
    }
    return figures.sweep_family(**given | change, titles=TITLES, start_loss=start)


def test_each_optimizer_has_its_colour_and_a_mark_at_its_best_rate():
    _, losses, _, _ = hessian_sweep()
    figure = valid(family())
    curves = [trace for trace in figure.data if trace.mode == "lines"]
    assert [(curve.name, curve.line.color) for curve in curves] == [
        ("GD", figures.PATH_COLOURS["gd"]),
        ("Adam", figures.PATH_COLOURS["adam"]),
    ]
    [best] = [trace for trace in figure.data if trace.marker.symbol == "circle"]
    # Closed form: the best rate of many steps is 2/(λ₁ + λ₂), to one step of the grid.
    assert best.x[0] == pytest.approx(2 / 11, rel=0.06)
    assert best.customdata[0] == losses.min()
    assert figure.layout.xaxis.range[0] == pytest.approx(-4, abs=0.2)
    assert sum(bool(trace.showlegend) for trace in figure.data) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"best": [0.123456, None]}, "`best` must be one of the `rates` of GD"),
        ({"names": ["GD"]}, "must be of one length"),
        ({"rates": [[0.1, 0.2], [0.2, 0.1]], "losses": [[1, 2], [1, 2]]}, "`rates` must"),
    ],
)
def test_a_bad_family_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        family(**change)


def test_a_race_is_ranked_and_diverged_ones_come_last():
    names = ["gd", "adam", "newton", "lion", "momentum"]
    losses = [1e-2, 1e-6, 0.0, INF, NAN]
    figure = valid(
        figures.race_result(
            names, losses, [figures.path_style(name) for name in names], title="loss", start_loss=10.0
        )
    )
    assert figure.layout.yaxis.ticktext == ("newton", "adam", "gd", "lion", "momentum")
    stems, marks = figure.data
    assert [text.strip() for text in marks.text] == ["0", "10⁻⁶", "0.01", "∞", "NaN"]
    assert marks.marker.symbol[:3] == tuple(
        figures.path_style(name).symbol for name in ("newton", "adam", "gd")
    )
    assert marks.marker.symbol[3:] == ("triangle-right",) * 2
    np.testing.assert_allclose(marks.x[1:3], [1e-6, 1e-2])
    assert marks.x[3] == marks.x[4] > 10
    assert stems.x[0] == pytest.approx(10.0)
    # The best stands on top: the axis runs downward.
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_a_bad_race_is_refused():
    with pytest.raises(ValueError, match="must be of one length"):
        figures.race_result(["a", "b"], [1.0], [figures.path_style("gd")] * 2, title="loss")
