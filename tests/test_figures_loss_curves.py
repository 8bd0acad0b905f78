"""Loss curves: what stands where, how far the picture goes, and infinity at its edge."""

import numpy as np
import plotly.graph_objects as go
import pytest

from landscape import LOSSES
from landscape.figures import LOSS_STYLES, LossCurve, loss_curves, loss_style, reach
from landscape.figures.axes import NEUTRAL
from landscape.losses import has_profile

X = np.linspace(0.0, 1.0, 5)
TITLES = ("p", "loss")


def curve(y, name="mse"):
    return LossCurve(name, y, loss_style(name))


def drawn(curves, **settings):
    figure = loss_curves(X, curves, titles=TITLES, limits=(0.0, 2.0), **settings)
    go.Figure(figure)  # Plotly knows every attribute
    return figure


def test_each_curve_is_its_numbers_in_its_style():
    rows = {"mse": X**2, "cross-entropy": 1.0 - X}
    figure = drawn([curve(y, name) for name, y in rows.items()])
    for trace, (name, y) in zip(figure["data"], rows.items(), strict=True):
        assert trace["name"] == name
        np.testing.assert_allclose(trace["x"], X)
        np.testing.assert_allclose(trace["y"], y)
        style = LOSS_STYLES[name]
        assert (trace["line"]["color"], trace["line"]["dash"]) == (style.color, style.dash)
    assert figure["layout"]["xaxis"]["range"] == [0.0, 1.0]


def test_what_is_higher_than_the_picture_goes_on_beyond_its_edge():
    figure = drawn([curve([50.0, 4.0, 1.0, 0.5, 0.0])])
    assert figure["data"][0]["y"].tolist() == [50.0, 4.0, 1.0, 0.5, 0.0]
    assert figure["layout"]["yaxis"]["range"] == [-0.08, 2.08]


def test_infinity_is_written_at_the_edge_in_the_curves_colour():
    up, down = [np.inf, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, -np.inf]
    figure = drawn([curve(up), curve(up, "mae"), curve(down, "huber")])
    first, second, last = figure["layout"]["annotations"]
    assert (first["text"], first["x"], first["y"]) == ("<b>∞</b>", 0.0, 1)
    assert (last["text"], last["x"], last["y"]) == ("<b>−∞</b>", 1.0, 0)
    colours = [each["font"]["color"] for each in (first, second, last)]
    assert colours == [LOSS_STYLES[name].color for name in ("mse", "mae", "huber")]
    assert 0 < first["xshift"] < second["xshift"], "side by side, inside the picture"
    assert last["xshift"] < 0
    assert np.isnan(figure["data"][0]["y"][0]), "the line itself has no number there"


def test_what_is_nowhere_breaks_the_line_and_is_not_called_infinite():
    figure = drawn([curve([np.nan, np.nan, 1.0, 0.5, 0.0])])
    assert np.isnan(figure["data"][0]["y"]).tolist() == [True, True, False, False, False]
    assert figure["layout"]["annotations"] == []


def test_the_reference_lies_behind_and_is_grey():
    figure = drawn([curve(X)], reference=("0–1", [1.0, 1.0, 1.0, 0.0, 0.0]), legend="right")
    assert [trace["name"] for trace in figure["data"]] == ["0–1", "mse"]
    assert figure["data"][0]["line"]["color"] == NEUTRAL
    assert figure["layout"]["showlegend"]


def test_the_upper_picture_leaves_the_title_to_the_lower():
    upper, lower = (drawn([curve(X)], above=above)["layout"] for above in (True, False))
    assert (upper["xaxis"]["title"]["text"], lower["xaxis"]["title"]["text"]) == ("", "p")
    assert upper["margin"]["l"] == lower["margin"]["l"], "the abscissae stand one under the other"
    assert upper["margin"]["r"] == lower["margin"]["r"]


def test_a_steep_curve_does_not_flatten_the_others():
    flat, steep = np.array([1.0, 0.0, 1.0]), np.array([100.0, 0.0, 100.0])
    assert reach([-1, 0, 1], [flat, flat, steep]) == (0.0, 2.2)
    assert reach([-1, 0, 1], [flat, flat, steep], times=1000.0) == (0.0, 100.0)
    assert reach([-1, 0, 1], [steep]) == (0.0, 100.0)


def test_the_reach_leaves_out_what_is_not_finite_and_what_is_outside():
    assert reach([0, 1, 2], [[np.inf, 3.0, np.nan]]) == (0.0, 3.0)
    assert reach([0, 1, 2], [[-9.0, -2.0, 1.0]], inner=(0.5, 2.0)) == (-2.0, 1.0)
    assert reach([0, 1, 2], [[0.0, 0.0, 0.0]]) == (-0.5, 0.5)


@pytest.mark.parametrize(
    ("x", "curves", "limits", "message"),
    [
        (X, [], (0, 1), "`curves` must be at least one"),
        (X, [curve(X[1:])], (0, 1), "columns of one length"),
        (X[::-1], [curve(X)], (0, 1), "`x` must increase"),
        (X, [curve(X)], (1, 1), "`limits` must be finite and increasing"),
    ],
)
def test_what_cannot_be_drawn_is_refused(x, curves, limits, message):
    with pytest.raises(ValueError, match=message):
        loss_curves(x, curves, titles=TITLES, limits=limits)


def test_every_loss_has_a_style_and_no_two_that_are_seen_together_share_it():
    assert set(LOSSES) == set(LOSS_STYLES)
    together = [
        [name for name, loss in LOSSES.items() if loss.family == family]
        for family in {loss.family for loss in LOSSES.values()}
    ]
    together += [
        [name for name, loss in LOSSES.items() if has_profile(loss, over)]
        for over in ("residual", "margin", "probability")
    ]
    for names in together:
        styles = [(LOSS_STYLES[name].color, LOSS_STYLES[name].dash) for name in names]
        assert len(set(styles)) == len(styles), names
