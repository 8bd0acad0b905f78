"""Every loss has a task of two parameters: what must hold for all of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from compiling import counted

from landscape import LOSSES, loss_landscape
from landscape.losses import Loss
from landscape.objectives import as_program
from landscape.tasks import TASKS, task_of

PAIRS = [(task, loss) for task in TASKS.values() for loss in task.losses]
MOVED = {"fitted-line": ("huber", {"delta": 3.0}), "two-classes": ("focal", {"gamma": 0.7, "alpha": 0.6})}


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_has_exactly_one_task(name):
    having = [task.name for task in TASKS.values() if name in task.losses]
    assert having == [task_of(LOSSES[name]).name]
    assert task_of(LOSSES[name].replace()).name == having[0]


def test_tasks_are_for_losses_that_exist():
    assert {loss for _, loss in PAIRS} == set(LOSSES)
    assert len(PAIRS) == len(LOSSES)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_documented(name):
    task = TASKS[name]
    assert task.name == name
    assert task.title
    assert task.statement.endswith(".")
    assert len(task.axes) == len(set(task.axes)) == 2
    assert all(task.axes)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_refuses_losses_that_it_is_not_for(name):
    stranger = "mse" if "expected-reward" in TASKS[name].losses else "expected-reward"
    with pytest.raises(ValueError, match="`loss` must .* got " + stranger):
        TASKS[name].make(LOSSES[stranger])


def test_a_loss_of_nowhere_has_no_task():
    loss = LOSSES["mse"]
    fields = {field: getattr(loss, field) for field in ("title", "family", "formula", "function")}
    other = Loss(name="own", arguments=(), shapes=(), use="", reference="", **fields)
    with pytest.raises(ValueError, match="`loss` must be one of LOSSES, got own"):
        task_of(other)


@jax.jit
def look(loss, start, places):
    """The loss and its slope at the start, and the loss at all places: one program for each landscape."""
    return *jax.value_and_grad(loss)(start), jax.vmap(loss)(places)


@pytest.mark.parametrize("name", [loss for _, loss in PAIRS])
def test_a_loss_on_its_task_is_a_landscape_that_can_be_walked(name):
    objective = loss_landscape(LOSSES[name])
    start, loss = np.asarray(objective.start, dtype=float), as_program(objective.loss)
    assert start.shape == (2,)
    for place, (low, high) in zip(start, objective.domain, strict=True):
        assert low < place < high
    axes = [np.linspace(low, high, 17) for low, high in objective.domain]
    value, slope, surface = look(loss, start, np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2))
    assert np.shape(value) == ()
    assert np.isfinite(value)
    assert np.isfinite(slope).all()
    assert np.any(slope), "a walk begins on a slope"
    assert np.isfinite(surface).mean() > 0.5
    assert np.ptp(surface[np.isfinite(surface)]) > 0

    # Some step down the slope lowers the loss, from half the window's diagonal to next to nothing.
    lengths = np.hypot(*np.ptp(objective.domain, axis=1)) * 0.5 ** np.linspace(1, 40, len(surface))
    steps = start - lengths[:, None] * np.asarray(slope) / np.linalg.norm(slope)
    assert np.nanmin(look(loss, start, steps)[2]) < value

    if objective.minimizers is not None and np.size(objective.minimizers):
        known = np.resize(np.reshape(objective.minimizers, (-1, 2)), (len(surface), 2))
        lowest = look(loss, start, known)[2]
        slack = 1e-7 * (1 + np.abs(lowest[0]))
        np.testing.assert_allclose(lowest, lowest[0], atol=slack)
        assert np.nanmin(surface) >= lowest[0] - slack
        assert objective.minimum is None or abs(objective.minimum - lowest[0]) <= slack


@pytest.mark.parametrize("name", MOVED)
def test_a_number_inside_a_loss_compiles_nothing(name):
    loss, numbers = MOVED[name]
    here = jnp.array([0.5, -0.25])
    value = jax.jit(lambda loss, at: loss(at))
    first = value(loss_landscape(LOSSES[loss]).loss, here)
    with counted() as programs:
        second = value(loss_landscape(LOSSES[loss].replace(**numbers)).loss, here)
    assert programs == []
    assert float(first) != float(second)
