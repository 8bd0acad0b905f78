"""The learning-rate finder: against a loop by hand, on quadratics and with mini-batches."""

import numpy as np
import pytest
from compiling import counted

from landscape import DATASETS, FUNCTIONS, LOSSES, MODELS, OPTIMIZERS
from landscape.risk import on_two_parameters
from landscape.sweeps import find_learning_rate

RAVINE = FUNCTIONS["ravine"]
LINE = on_two_parameters(MODELS["linear"], DATASETS["line"], LOSSES["mse"], ("weights", 0), ("bias",))


def by_hand(start, rates, smoothing):
    """Gradient descent on x² / 2 + 25 y² / 2 with a rate per step, and its losses smoothed."""
    point, mean, losses, smoothed = np.array(start, float), 0.0, [], []
    for k, rate in enumerate(rates):
        losses.append(0.5 * (point[0] ** 2 + 25 * point[1] ** 2))
        mean = smoothing * mean + (1 - smoothing) * losses[-1]
        smoothed.append(mean / (1 - smoothing ** (k + 1)))
        point -= rate * np.array([1.0, 25.0]) * point
    return np.array(losses), np.array(smoothed)


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 0.98])
def test_the_run_is_that_of_a_loop(smoothing):
    found = find_learning_rate(RAVINE, "gd", start=[-2.0, 1.0], num_steps=150, smoothing=smoothing)
    rates = 1e-5 * (10.0 / 1e-5) ** (np.arange(150) / 149)
    count = len(found.losses)
    losses, smoothed = by_hand([-2.0, 1.0], rates, smoothing)
    np.testing.assert_allclose(found.learning_rates, rates[:count], rtol=1e-12)
    np.testing.assert_allclose(found.losses, losses[:count], rtol=1e-9)
    np.testing.assert_allclose(found.smoothed, smoothed[:count], rtol=1e-9)
    assert found.stopped_at == count


def test_it_ends_soon_after_the_rate_that_is_too_large():
    found = find_learning_rate(RAVINE, "gd", num_steps=400, smoothing=0.0)
    assert 2 / 25 < found.learning_rates[-1] < 1.0
    assert found.suggestion < 2 / 25
    assert found.cautious == pytest.approx(found.learning_rates[np.argmin(found.losses)] / 10)
    assert found.path.num_steps == 400


def test_the_suggestion_is_where_the_curve_falls_fastest():
    found = find_learning_rate(RAVINE, "gd", num_steps=300)
    slopes = np.diff(found.smoothed) / np.diff(np.log10(found.learning_rates))
    steepest = found.learning_rates[np.argmin(slopes)]
    assert found.suggestion == pytest.approx(steepest, rel=0.15)


def test_a_batch_sees_the_loss_of_its_examples():
    data = DATASETS["line"]
    settings = {"num_steps": data.num_examples, "highest": 1e-3}
    found = find_learning_rate(LINE, "gd", batch_size=1, seed=3, **settings)
    weights, bias = found.path.params[: len(found.losses)].T
    each = (data.inputs[:, 0] * weights[:, None] + bias[:, None] - data.targets) ** 2
    gaps = np.abs(each - found.losses[:, None]).min(axis=1)
    assert (gaps <= 1e-9 * found.losses).all(), "every loss is that of one example"
    chosen = np.abs(each - found.losses[:, None]).argmin(axis=1)
    count = data.num_examples
    assert sorted(chosen[:count]) == list(range(count)), "each is seen once in an epoch"
    whole = find_learning_rate(LINE, "gd", batch_size=count, **settings)
    np.testing.assert_allclose(whole.losses, whole.path.losses[: len(whole.losses)], rtol=1e-9)


def test_a_run_that_never_blows_up_has_all_its_steps():
    found = find_learning_rate(RAVINE, "gd", highest=1e-3, num_steps=50)
    assert found.stopped_at is None
    assert len(found.losses) == 50


def test_a_loss_that_never_falls_suggests_nothing():
    found = find_learning_rate(RAVINE, "gd", start=[0.0, 1.0], lowest=1.0, highest=2.0, num_steps=20)
    assert found.suggestion is None


@pytest.mark.parametrize("num_steps", [100, 150, 300])
def test_much_smoothing_leaves_steps_to_look_at(num_steps):
    found = find_learning_rate(RAVINE, "gd", num_steps=num_steps, smoothing=0.99)
    assert found.first == num_steps // 4 - 1
    assert not found.too_short
    slopes = np.diff(found.smoothed[found.first :]) / np.diff(np.log10(found.learning_rates[found.first :]))
    steepest = found.learning_rates[found.first + np.argmin(slopes)]
    assert found.suggestion == pytest.approx(steepest, rel=0.2)
    assert find_learning_rate(RAVINE, "gd", num_steps=num_steps, smoothing=0.9).first == 9


def test_few_steps_are_enough_to_see_the_loss_fall():
    found = find_learning_rate(RAVINE, "gd", lowest=1e-3, highest=0.02, num_steps=5, smoothing=0.0)
    assert (np.diff(found.losses) < 0).all()
    # The slope of the line through three points at equal distances is that between the outer two.
    slopes = found.losses[2:] - found.losses[:-2]
    assert found.suggestion == pytest.approx(found.learning_rates[1 + np.argmin(slopes)])


def test_a_run_that_ends_at_once_is_too_short():
    found = find_learning_rate(RAVINE, "gd", lowest=1e100, highest=1e101, num_steps=40)
    assert found.suggestion is None
    assert found.too_short
    never = find_learning_rate(RAVINE, "gd", start=[0.0, 1.0], lowest=1.0, highest=2.0, num_steps=20)
    assert never.suggestion is None


@pytest.mark.parametrize("name", [name for name, spec in OPTIMIZERS.items() if not spec.needs_residuals])
def test_every_rule_with_a_rate(name):
    if all(each.name != "learning_rate" for each in OPTIMIZERS[name].hyperparameters):
        with pytest.raises(ValueError, match="which has no rate"):
            find_learning_rate(RAVINE, name)
    else:
        assert len(find_learning_rate(RAVINE, name, num_steps=30).losses) > 1


def test_no_number_compiles_anything():
    find_learning_rate(LINE, "adam", batch_size=3)
    others = {"num_steps": 90, "lowest": 1e-4, "smoothing": 0.5, "beta1": 0.5}
    with counted() as found:
        find_learning_rate(LINE, "adam", batch_size=5, seed=2, **others)
    assert found == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_steps": 1}, "`num_steps` must be at least 2, got 1"),
        ({"lowest": 0.0}, "`lowest` must be a finite number above 0, got 0.0"),
        ({"lowest": -1.0}, "`lowest` must be a finite number above 0, got -1.0"),
        ({"lowest": 1.0, "highest": 1.0}, "`highest` must be a finite number above `lowest` = 1, got 1.0"),
        ({"highest": np.inf}, "`highest` must be a finite number above"),
        ({"smoothing": 1.0}, "`smoothing` must be at least 0 and below 1, got 1.0"),
        ({"learning_rate": 0.1}, "`optimizer_name` must be a rule whose rate can grow, got gd, with a rate"),
        ({"batch_size": 4}, "`objective` must be a loss over examples"),
        ({"beta1": 0.5}, "`beta1` must be a hyper-parameter of gd"),
    ],
)
def test_bad_input_is_named(settings, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        find_learning_rate(RAVINE, "gd", **settings)


def test_an_unknown_rule_is_named():
    with pytest.raises(ValueError, match=r"`optimizer_name` must be one of gd, .*, got 'sgd'"):
        find_learning_rate(RAVINE, "sgd")
