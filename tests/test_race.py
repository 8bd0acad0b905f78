"""Races: each rule's best rate against theory and against single runs, and budgets that are kept."""

import numpy as np
import pytest

from landscape import DATASETS, FUNCTIONS, LOSSES, MODELS, OPTIMIZERS, Objective, descend
from landscape.risk import on_two_parameters
from landscape.sweeps.race import race

RAVINE, ROSENBROCK = FUNCTIONS["ravine"], FUNCTIONS["rosenbrock"]
TUMOURS = on_two_parameters(
    MODELS["logistic"],
    DATASETS["breast-cancer"].select("mean radius", "mean texture").standardize(),
    LOSSES["binary-cross-entropy"],
    ("weights", 0),
    ("weights", 1),
)


def test_gradient_descents_best_rate_is_that_of_theory():
    found = race(RAVINE, ["gd"], num_evaluations=400, num_rates=128)
    assert found.entries[0].learning_rate == pytest.approx(2 / (1 + 25), rel=0.01)


@pytest.mark.parametrize("name", ["gd", "nesterov", "adam", "l-bfgs", "newton", "levenberg-marquardt"])
def test_the_searched_losses_are_those_of_single_runs(name):
    found = race(ROSENBROCK, [name], num_evaluations=40, num_rates=8)
    (entry,) = found.entries
    if all(each.name != "learning_rate" for each in OPTIMIZERS[name].hyperparameters):
        assert entry.learning_rate is None
        assert (len(entry.rates), entry.search_evaluations) == (0, 0)
        return
    assert (len(entry.rates), entry.search_evaluations) == (8, 8 * 40)
    assert (np.diff(entry.rates) > 0).all()
    for rate, loss in zip(entry.rates, entry.losses, strict=True):
        alone = descend(ROSENBROCK, OPTIMIZERS[name].build(learning_rate=rate), num_steps=40).within(40)
        assert loss == pytest.approx(alone.final_loss, rel=1e-6, nan_ok=True)
    best = np.nanmin(np.where(np.isfinite(entry.losses), entry.losses, np.inf))
    assert entry.final_loss == pytest.approx(best, rel=1e-6)


def test_nobody_spends_more_than_the_budget_and_all_spend_nearly_all():
    names = ["gd", "adam", "l-bfgs", "newton", "levenberg-marquardt"]
    found = race(ROSENBROCK, names, num_evaluations=50, num_rates=8)
    assert found.num_evaluations == 50
    assert found.search_evaluations == 400
    spent = {entry.name: entry.evaluations for entry in found.entries}
    assert spent["gd"] == spent["adam"] == 50
    assert all(0 < each <= 50 for each in spent.values())
    steps = {entry.name: entry.path.num_steps for entry in found.entries}
    assert steps["newton"] <= 50 // 3 < steps["adam"]


def test_the_order_is_that_of_the_last_losses():
    found = race(TUMOURS, ["gd", "adam", "momentum", "adagrad", "rmsprop"], num_evaluations=60)
    losses = [entry.final_loss for entry in found.entries]
    assert losses == sorted(losses)
    assert all(np.isfinite(losses))


def test_one_rate_for_all_is_searched_by_nobody():
    found = race(RAVINE, ["gd", "adam", "l-bfgs"], num_evaluations=60, shared_rate=0.1)
    assert {entry.learning_rate for entry in found.entries} == {0.1}
    assert [entry.search_evaluations for entry in found.entries] == [0, 0, 0]
    last = found.entries[-1]
    assert last.name == "gd", "above 2/25 gradient descent diverges"
    assert last.final_loss > RAVINE.loss(RAVINE.start)


def test_what_is_not_finite_comes_last():
    found = race(RAVINE, ["gd", "adam"], num_evaluations=2000, shared_rate=1.0)
    assert [entry.name for entry in found.entries] == ["adam", "gd"]
    assert not np.isfinite(found.entries[-1].final_loss)
    assert found.entries[-1].path.diverged_at is not None
    assert found.entries[-1].steps_to_tolerance is None


def test_the_first_step_within_the_tolerance():
    found = race(RAVINE, ["gd"], num_evaluations=300, shared_rate=0.04, tolerance=1e-4, start=[1.0, 1.0])
    x, y = 1.0, 1.0
    losses = []
    for _ in range(301):
        losses.append(0.5 * (x**2 + 25 * y**2))
        x, y = x * (1 - 0.04), y * (1 - 0.04 * 25)
    near = np.flatnonzero(np.array(losses) <= 1e-4 * losses[0])
    assert found.entries[0].steps_to_tolerance == near[0]


def test_without_a_known_minimum_the_least_loss_reached_counts():
    valley = Objective(ROSENBROCK.loss, start=ROSENBROCK.start)
    found = race(valley, ["gd", "adam"], num_evaluations=100, num_rates=8)
    assert found.minimum == min(entry.path.losses.min() for entry in found.entries)
    assert found.entries[0].steps_to_tolerance is not None


def test_a_range_of_ones_own():
    found = race(RAVINE, ["gd"], num_evaluations=50, num_rates=10, ranges={"gd": (1e-3, 1e-2)})
    assert found.entries[0].rates[0] == pytest.approx(1e-3)
    assert found.entries[0].rates[-1] == pytest.approx(1e-2)


@pytest.mark.parametrize(
    ("names", "settings", "message"),
    [
        ([], {}, "`optimizer_names` must be different names of gd, .*, at least one, got \\[\\]"),
        (["gd", "gd"], {}, "`optimizer_names` must be different names"),
        (["sgd"], {}, "`optimizer_names` must be different names"),
        (["gd"], {"num_evaluations": 0}, "`num_evaluations` must be at least 1, got 0"),
        (["gd"], {"num_rates": 3}, "`num_rates` must be at least 4, got 3"),
        (["gd"], {"num_rates": 513}, "`num_rates` must be at most 512, got 513"),
        (["gd"], {"tolerance": 1.0}, "`tolerance` must be above 0 and below 1, got 1.0"),
        (["gd"], {"ranges": {"gd": (1.0, 0.1)}}, "`ranges` must be two finite rates above 0"),
        (["gd"], {"shared_rate": -1.0}, "`learning_rate` must be at least 0, got -1"),
        (["gd"], {"start": [np.nan, 0.0]}, "`start` must be finite numbers"),
    ],
)
def test_bad_input_is_named(names, settings, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        race(RAVINE, names, **settings)


def test_a_rule_that_cannot_run_here_is_refused():
    with pytest.raises(ValueError, match="must be made of residuals"):
        race(FUNCTIONS["ackley"], ["gauss-newton"])


def test_progress_is_told_and_what_it_raises_stops():
    told = []
    race(RAVINE, ["gd", "levenberg-marquardt", "adam"], num_evaluations=10, num_rates=4, progress=told.append)
    assert told == sorted(told)
    assert len(told) == 5, "twice for each that searches, once for the other"
    assert 0 < told[0] < told[-1] < 1

    class Unwanted(Exception):  # noqa: N818 - it tells of no error
        pass

    def stop(share):
        told.append(share)
        raise Unwanted

    told.clear()
    with pytest.raises(Unwanted):
        race(RAVINE, ["gd", "adam"], num_evaluations=10, num_rates=4, progress=stop)
    assert len(told) == 1
