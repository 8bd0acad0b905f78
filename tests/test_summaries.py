"""What stands in words below a picture, against what is known of the landscapes."""

import numpy as np
import pytest

from landscape import FUNCTIONS, OPTIMIZERS, descend
from landscape.studio import cached, regularized, summaries
from landscape.studio.landscapes import FunctionChoice
from landscape.studio.regularized import Data, Penalized


def end(function, optimizer, start, num_steps, **numbers):
    objective = FUNCTIONS[function]
    path = descend(objective, OPTIMIZERS[optimizer].build(**numbers), start, num_steps)
    return summaries.ending(path, objective)


@pytest.mark.parametrize(
    ("function", "optimizer", "start", "numbers", "words"),
    [
        ("styblinski-tang", "gd", [2.75, 2.75], {"learning_rate": 0.01}, "at a local minimum"),
        ("himmelblau", "gd", [3.5, 2.5], {"learning_rate": 0.01}, "at a global minimum"),
        ("saddle", "newton-undamped", [1.0, 0.3], {}, "at a saddle point"),
        ("saddle", "gd", [1.0, 0.3], {"learning_rate": 0.1}, "left the picture"),
        ("rosenbrock", "gd", [-1.2, 1.0], {"learning_rate": 0.0003}, "still moving"),
        ("ravine", "gd", [-2.5, 1.0], {"learning_rate": 1.0}, "diverged at step"),
        ("plateau", "gd", [-2.0, 3.5], {"learning_rate": 1e-6}, "stalled: its steps have become tiny"),
    ],
)
def test_an_ending_is_what_happened(function, optimizer, start, numbers, words):
    assert end(function, optimizer, start, 400, **numbers).startswith(words)


def test_a_cone_has_no_largest_stable_learning_rate():
    # Ackley's tip: beside it the slope stays, so gradient descent settles with no learning rate.
    ackley = FunctionChoice("ackley")
    assert not cached.is_smooth(ackley, (0.0, 0.0))
    assert cached.sharpness(ackley) is None
    words = summaries.curvature(cached.curvature(ackley, (0.0, 0.0)), ("x", "y"), smooth=False)
    assert "2/λ" not in words


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "ackley"])
def test_every_other_function_is_smooth_at_its_minimizers(name):
    choice = FunctionChoice(name)
    for x, y in np.asarray(FUNCTIONS[name].minimizers).reshape(-1, 2):
        assert cached.is_smooth(choice, (float(x), float(y)))


@pytest.mark.parametrize("l1_ratio", [0.0, 0.3, 1.0])
def test_the_curve_of_condition_numbers_goes_through_the_number_of_the_table(l1_ratio):
    data = Data("collinear", 0.9)
    for index in (0, 20, 60):
        choice = Penalized(data, float(regularized.STRENGTHS[index]), l1_ratio)
        inputs = regularized.table(data).inputs
        hessian = 2 * (inputs.T @ inputs + choice.strength * (1 - l1_ratio) * np.eye(2))
        assert regularized.condition(choice) == pytest.approx(np.linalg.cond(hessian))
        assert regularized.conditions(data, l1_ratio)[index] == pytest.approx(np.linalg.cond(hessian))


@pytest.mark.parametrize("strength", [0.0, 3.0, 200.0])
def test_the_steps_needed_are_those_that_are_walked(strength):
    choice = Penalized(Data("collinear", 0.95), strength, 0.0)
    rate = 1 / regularized.largest_curvature(choice)
    path = regularized.path(choice, rate, (-1.0, 2.5))
    gaps = np.linalg.norm(path.params - np.asarray(regularized.minimizer(choice)), axis=1)
    walked = int(np.argmax(gaps <= regularized.ARRIVED * gaps[0]))
    assert regularized.steps_needed(choice, path, rate) == walked > 5
