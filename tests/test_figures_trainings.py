"""Figures of trainings: curves over epochs on a clock of steps, tables of answers, images that are read."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as counted

from landscape import figures
from landscape.figures import EpochCurve, PathStyle

STYLE = PathStyle("#D55E00", "solid", "cross")
TITLES = ("epoch", "loss")


def drawn(curves, **settings):
    return figures.epoch_curves(
        curves, **{"titles": TITLES, "num_epochs": 4, "steps_per_epoch": 5, "log": True} | settings
    )


def test_epochs_stand_where_their_steps_are():
    figure = drawn([EpochCurve("training", [0, 1, 4], [2.0, 0.5, 0.25], STYLE)])
    (curve,) = figure["data"]
    assert curve["x"].tolist() == [0, 5, 20]
    across = figure["layout"]["xaxis"]
    ticks = dict(zip(across["ticktext"], across["tickvals"], strict=True))
    assert (ticks["0"], ticks["2"], ticks["4"]) == (0, 10, 20)
    low, high = across["range"]
    assert low <= 0 < 20 <= high
    bottom, top = figure["layout"]["yaxis"]["range"]
    assert bottom < np.log10(0.25) < np.log10(2.0) < top


def test_the_least_value_is_marked_where_it_is():
    _line, mark = drawn([EpochCurve("held out", [0, 1, 2], [2.0, 0.5, 0.75], STYLE, least=True)])["data"]
    assert (mark["x"].tolist(), mark["y"].tolist()) == ([5.0], [0.5])


def test_noise_has_no_part_in_the_axis_unless_it_is_all_there_is():
    noise = EpochCurve("mini-batches", [0, 0.2, 0.4], [1.0, 1e3, 1e-3], STYLE, faint=True)
    curve = EpochCurve("training", [0, 1], [1.0, 0.5], STYLE)
    _low, high = drawn([noise, curve])["layout"]["yaxis"]["range"]
    assert high < 1
    _low, high = drawn([noise, curve], diverged=(0.6, "diverged"))["layout"]["yaxis"]["range"]
    assert high > 2.9


def test_divergence_is_marked_and_nothing_that_is_no_number_is_drawn():
    figure = drawn([EpochCurve("training", [0, 1, 2], [1.0, np.inf, np.nan], STYLE)], diverged=(1, "lost"))
    assert np.isnan(figure["data"][0]["y"]).tolist() == [False, True, True]
    assert figure["layout"]["shapes"][0]["x0"] == 5
    assert figure["layout"]["annotations"][0]["text"] == "lost"


def test_losses_that_are_not_positive_have_a_linear_axis():
    figure = drawn([EpochCurve("training", [0, 1], [1.0, -0.5], STYLE)])
    assert figure["layout"]["yaxis"].get("type") != "log"


def test_the_axes_are_there_before_the_curves():
    figure = drawn([], share=True)
    assert figure["data"] == []
    assert figure["layout"]["yaxis"]["range"] == [-0.02, 1.04]


def test_a_long_curve_is_thinned():
    curve = EpochCurve("mini-batches", np.arange(10_000) / 5, np.ones(10_000), STYLE)
    assert drawn([curve], num_epochs=2000)["data"][0]["x"].size <= 800


@pytest.mark.parametrize("settings", [{"num_epochs": 0}, {"steps_per_epoch": 0}])
def test_an_axis_of_no_length_is_refused(settings):
    with pytest.raises(ValueError, match="must be above 0"):
        drawn([], **settings)


def test_a_curve_of_other_length_is_refused():
    with pytest.raises(ValueError, match=r"`values` of 'a' must be as many .* \(3,\) and \(2,\)"):
        drawn([EpochCurve("a", [0, 1], [1.0, 2.0, 3.0], STYLE)])


def test_a_confusion_matrix_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    labels, said = rng.integers(0, 4, 90), rng.integers(0, 4, 90)
    figure = figures.confusion_matrix(labels, said, list("abcd"), ("said", "true"))
    right, wrong, texts = figure["data"]
    table = np.where(np.isnan(right["z"]), wrong["z"], right["z"])
    wanted = counted(labels, said)
    np.testing.assert_array_equal(table, wanted)
    for x, y, text in zip(texts["x"], texts["y"], texts["text"], strict=True):
        assert int(text) == wanted[y, x]
    up = figure["layout"]["yaxis"]["range"]
    assert up[0] > up[1], "the first class stands at the top"
    assert figure["layout"]["yaxis"]["title"]["text"] == "true"


def test_images_stand_in_rows_with_their_answers():
    images = np.arange(3 * 2 * 2, dtype=float).reshape(3, 2, 2)
    figure = figures.read_images(images, [1, 0, 1], [1, 1, 0], ["no", "yes"], 2)
    picture, texts = figure["data"]
    gap = figures.answers.GAP
    np.testing.assert_array_equal(picture["z"][:2, :2], images[0])
    np.testing.assert_array_equal(picture["z"][:2, 2 + gap : 4 + gap], images[1])
    np.testing.assert_array_equal(picture["z"][2 + gap : 4 + gap, :2], images[2])
    assert np.isnan(picture["z"][2, 0])
    assert texts["text"] == ["yes", "no → yes", "yes → no"]
    assert texts["x"][0] == texts["x"][2] < texts["x"][1]
    right, wrong, _other = texts["textfont"]["color"]
    assert right != wrong


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(ValueError, match="`said` must be as many"):
        figures.confusion_matrix([0, 1], [0], ["a", "b"], ("said", "true"))
    with pytest.raises(ValueError, match=r"`images` must have a shape .* got \(2, 2\)"):
        figures.read_images(np.ones((2, 2)), [0, 1], [0, 1], ["a", "b"], 2)
