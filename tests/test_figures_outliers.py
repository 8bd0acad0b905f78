"""Gradients against depth, lines through points with outliers, and how hard a point pulls."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import figures
from landscape.figures.colours import cycle_style

INF = float("inf")
WORDS = {"solid": "first", "dash": "last", "dot": "bound"}
STYLES = {"a": cycle_style(0), "b": cycle_style(7)}


def valid(figure):
    return go.Figure(figure)


def depths(curves, bound=None, words=WORDS):
    titles = ("depth", "size")
    return valid(figures.depth_curves(curves, STYLES, titles=titles, words=words, bound=bound))


def test_sizes_stand_at_their_depths_under_their_bound():
    figure = depths({"a": [1.0, 0.25, 0.06], "b": [1.0, 1.0, 1.0]}, [1.4, 0.35, 0.09])
    bound, first, second, *samples = figure.data
    np.testing.assert_array_equal(first.x, [1, 2, 3])
    np.testing.assert_array_equal(first.y, [1.0, 0.25, 0.06])
    assert (bound.line.dash, first.line.dash, second.line.dash) == ("dot", "solid", "dash")
    assert [(sample.name, sample.line.dash) for sample in samples] == [
        ("first", "solid"), ("last", "dash"), ("bound", "dot"),
    ]  # fmt: skip
    low, high = figure.layout.yaxis.range
    assert low < np.log10(0.06)
    assert np.log10(1.4) < high


def test_what_is_gone_stands_at_the_edges_and_says_so():
    figure = depths({"a": [1.0, 0.0, 1e-300], "b": [INF, 2.0, float("nan")]})
    foot = next(trace for trace in figure.data if trace.marker.symbol == "triangle-down")
    assert list(foot.x) == [2, 3]
    assert foot.text == ("0", "10⁻³⁰⁰")
    top = next(trace for trace in figure.data if trace.text and "∞" in trace.text)
    assert top.text == ("∞", "NaN")
    assert np.isfinite(figure.layout.yaxis.range).all()


@pytest.mark.parametrize("sizes", [[0.0, 0.0], [INF, INF], [1.0, 1.0]])
def test_any_sizes_have_an_axis(sizes):
    low, high = depths({"a": sizes}).layout.yaxis.range
    assert low < high


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"curves": {}}, "`curves` must be columns of one length"),
        ({"curves": {"a": [1.0, 2.0], "b": [1.0]}}, "`curves` must be columns of one length"),
        ({"curves": {"a": [1.0, -2.0]}}, "got a negative one"),
        ({"curves": {"b": [1.0, 2.0]}, "words": {"solid": "first"}}, "`words` must name each of dash"),
    ],
)
def test_what_is_no_depth_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        depths(**given)


def test_a_learning_curve_has_its_level():
    figure = valid(figures.learning_curve(("step", "error"), num_steps=50, level=0.4, name="learned"))
    assert (figure.layout.shapes[0].y0, figure.layout.annotations[0].text) == (0.4, "learned")
    assert list(figure.layout.xaxis.range) == [0, 50]
    low, high = figure.layout.yaxis.range
    assert low < 0 < 1 < high
    bare = valid(figures.learning_curve(("step", "error"), num_steps=1, level=None))
    assert not bare.layout.shapes


def lines(**change):
    given = {
        "x": [0.0, 1.0, 2.0],
        "y": [9.0, 1.0, 2.0],
        "origins": [[0.0, 0.5]],
        "curves": {"a": [3.0, 3.5], "b": [1.0, 2.0]},
        "styles": STYLES,
        "curve_x": [0.0, 2.0],
        "truth": [0.0, 2.0],
        "limits": ((0.0, 2.0), (-1.0, 10.0)),
        "titles": ("x", "y"),
        "words": {"truth": "truth", "point": "point", "outlier": "outlier"},
    }
    return valid(figures.fitted_lines(**given | change))


def test_moved_points_are_told_from_the_others():
    figure = lines(chosen=0, combined={"mean": [2.0, 2.75]})
    by_name = {trace.name: trace for trace in figure.data}
    np.testing.assert_array_equal(by_name["outlier"].y, [9.0])
    np.testing.assert_array_equal(by_name["point"].y, [1.0, 2.0])
    np.testing.assert_array_equal(by_name[""].y, [0.5, 9.0, np.nan])
    np.testing.assert_array_equal(by_name["mean"].y, [2.0, 2.75])
    shown = [trace.name for trace in figure.data if trace.showlegend is None]
    assert shown == ["truth", "mean", "a", "b"]
    assert list(figure.layout.yaxis.range) == [-1, 10]


def test_without_moved_points_there_is_no_outlier():
    names = [trace.name for trace in lines(origins=[]).data]
    assert "outlier" not in names


def test_lines_of_another_length_are_refused():
    with pytest.raises(ValueError, match="must be columns of one length"):
        lines(truth=[1.0])


def test_a_small_landscape_has_no_bar_and_no_titles():
    x, y = np.arange(3.0), np.arange(4.0)
    values = x[None, :] + 10 * y[:, None]
    figure = valid(figures.small_landscape(x, y, values, titles=("slope", "height", "loss")))
    np.testing.assert_array_equal(figure.data[0].z, values)
    assert figure.data[0].showscale is False
    assert figure.layout.xaxis.title.text == ""
    assert "slope" in figure.data[0].hovertemplate


def test_bars_begin_at_an_ordinary_point():
    figure = valid(
        figures.pull_bars(["a", "b", "c"], [8.0, 0.25, float("nan")], ["#000", "#111", "#222"], title="pull")
    )
    [bars] = figure.data
    base, length = (np.array(part, dtype=float) for part in (bars.base, bars.x))
    ends = np.stack([base, base + length])
    np.testing.assert_allclose(ends, [[1, 0.25, 1], [8, 1, 1]])
    assert bars.text == ("8×", "0.25×", "–")
    low, high = figure.layout.xaxis.range
    assert low < np.log10(0.25)
    assert high > np.log10(8)


def test_bars_need_as_many_names_as_pulls():
    with pytest.raises(ValueError, match="must have one length, got 2"):
        figures.pull_bars(["a", "b"], [1.0], ["#000", "#111"], title="pull")
