"""The landscapes of data that a link can ask for are bounded; the model beside them compiles nothing."""

import json

import jax
import numpy as np
import pytest
from compiling import counted

from landscape import DATASETS, MODELS
from landscape.studio import fits, landscapes, texts
from landscape.studio.landscapes import DataChoice
from landscape.surfaces.grids import BATCH_NUMBERS, grid

DIGITS = tuple(f"pixel_{row}_{column}" for row in (2, 3) for column in range(1, 6))
MOONS = DataChoice("moons", ("x1", "x2"), "logistic", "binary-cross-entropy", ("w1", "w2"))
IRIS = DataChoice(
    "iris", ("petal length (cm)", "petal width (cm)"), "softmax", "cross-entropy", ("w1-1", "w2-3")
)
LINE = DataChoice("line", ("x",), "linear", "mse", ("w1", "b"))


def text(figure):
    """A figure as JSON, with its words as they are."""
    return json.dumps(figure, default=np.ndarray.tolist, ensure_ascii=False)


@pytest.fixture
def programs():
    """A list that fills with the programs that are compiled."""
    with counted() as found:
        yield found


@pytest.mark.parametrize("name", DATASETS)
def test_no_link_asks_for_more_than_a_page_can_show_at_once(name):
    data = landscapes.table(name)
    for model in landscapes.models_for(name):
        most = MODELS[model].num_features or landscapes.MAX_FEATURES
        features = data.feature_names[:most]
        assert len(landscapes.coordinates(name, features, model)) <= 33
        outputs = data.num_classes if MODELS[model].output_unit == "softmax" else 1
        assert data.num_examples * outputs <= 2000


def test_digits_are_three_classes_and_say_so():
    data = landscapes.dataset("digits", DIGITS, False)
    assert data.class_names == ("0", "1", "2")
    assert np.array_equal(np.unique(data.targets), [0, 1, 2])
    assert data.num_examples == np.count_nonzero(DATASETS["digits"].targets < 3) == 537
    choice = DataChoice("digits", DIGITS, "softmax", "cross-entropy", ("w1-1", "w10-3"))
    assert landscapes.formulas(choice)[-1] == r"n = 537,\quad t \in \{0, 1, 2\}"
    assert landscapes.axis_title("w10-3", choice) == "w (pixel_3_5, 2)"
    assert "w1-4" not in landscapes.coordinates("digits", DIGITS, "softmax")


def test_digits_in_many_pixels_have_an_optimum():
    part = landscapes.risk(DataChoice("digits", DIGITS, "softmax", "cross-entropy", ("w1-1", "w10-3")))
    assert part.minimizers is not None
    at = part.minimizers[0]
    slope = jax.grad(part.loss)(jax.numpy.asarray(at))
    # Without a penalty the whole optimum lies in the plane, so the plane's slope is 0 there.
    np.testing.assert_allclose(slope, 0.0, atol=1e-9)


def test_a_surface_of_data_takes_little_memory():
    part = landscapes.risk(IRIS)
    x, y = (np.linspace(low, high, 129) for low, high in part.domain)
    needed = grid.lower(part.loss, x, y).compile().memory_analysis().temp_size_in_bytes
    # The grid's own points and values, and a few arrays of a batch.
    assert needed < 5 * 8 * (BATCH_NUMBERS + 3 * 129**2)


@pytest.mark.parametrize("choice", [MOONS, IRIS, LINE])
def test_a_model_at_another_point_compiles_nothing(choice, programs):
    first = fits.figure(choice, (0.5, -0.5))
    programs.clear()
    other = fits.figure(choice, (0.25, 0.125))
    assert programs == []
    assert text(other) != text(first)
    assert fits.figure(choice, (0.5, -0.5)) is first


def test_a_kept_figure_speaks_each_readers_language(monkeypatch):
    english = fits.figure(MOONS, (0.5, -0.5))
    monkeypatch.setattr(texts, "language", lambda: "ko")
    monkeypatch.setattr(fits, "language", lambda: "ko")
    korean = fits.figure(MOONS, (0.5, -0.5))
    assert "확률" in text(korean)
    assert "확률" not in text(english)
    assert fits.figure(MOONS, (0.5, -0.5)) is korean
