"""Training: many epochs of mini-batches, of which a bounded number of checkpoints is kept."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from jax.tree_util import Partial

from landscape.objectives import Objective, Params, as_program, check_count, check_finite, check_params
from landscape.optimizers import BuiltOptimizer
from landscape.paths import Path, first_nonfinite
from landscape.walkers import Walker, walker

LARGEST_SEED = 2**63 - 1
"""Seeds of the order of the examples go from 0 to here."""


class Record(NamedTuple):
    """What is known of a training at one moment of it.

    Attributes:
        step: Steps taken so far.
        epoch: The same in epochs, which need not be whole.
        values: The loss over all data and every measure of the objective, by name.
        batch_losses: The loss of each step's mini-batch since the record before.
        params: The parameters; JAX arrays.
    """

    step: int
    epoch: float
    values: dict[str, float]
    batch_losses: np.ndarray
    params: Params


@dataclass(frozen=True, eq=False)
class Training(Path):
    """A training: a path whose rows are its checkpoints, and the curves of the whole of it.

    A row of the path is a checkpoint: `losses` and `gradients` are those of all data there, `updates`
    lead from one checkpoint to the next, `evaluations` count the gradients of mini-batches, and there
    are no `internals`. A diverging training keeps its rows: nothing is clipped.

    Attributes:
        steps: Steps taken until each checkpoint, shape (rows,).
        batch_losses: The loss of each step's mini-batch where the step began, shape (num_epochs ·
            steps_per_epoch,); with no batch size that of all data.
        epochs: When the records were made, in epochs, shape (records,); 0 is the start.
        records: The loss over all data, "loss", and every measure of the objective by its name, each
            of shape (records,) and in float64: at every checkpoint and after every epoch.
        batch_size: Examples that a step saw; None for all of them.
        num_epochs: Epochs begun.
        steps_per_epoch: Steps in an epoch.
    """

    steps: np.ndarray
    batch_losses: np.ndarray
    epochs: np.ndarray
    records: dict[str, np.ndarray]
    batch_size: int | None
    num_epochs: int
    steps_per_epoch: int

    def first(self, num_steps: int) -> Self:
        """The training until one of its checkpoints, as if it had been stopped there.

        Args:
            num_steps: The row of the checkpoint: as many steps of the path, not of the optimizer.
        """
        cut = super().first(num_steps)
        steps = self.steps[: len(cut.losses)]
        taken = int(steps[-1])
        kept = int(np.searchsorted(self.epochs, taken / self.steps_per_epoch, side="right"))
        return replace(
            cut,
            steps=steps,
            batch_losses=self.batch_losses[:taken],
            epochs=self.epochs[:kept],
            records={name: values[:kept] for name, values in self.records.items()},
            num_epochs=-(-taken // self.steps_per_epoch),
        )


def train(
    objective: Objective,
    optimizer: BuiltOptimizer | optax.GradientTransformation,
    num_epochs: int = 20,
    batch_size: int | None = None,
    seed: int = 0,
    *,
    start: Params | None = None,
    max_checkpoints: int = 64,
    progress: Callable[[float], Any] | None = None,
    on_record: Callable[[Record], Any] | None = None,
) -> Training:
    r"""Train on mini-batches for some epochs, and keep a bounded number of checkpoints.

    \theta \leftarrow \theta + u, where the optimizer makes the update u of the gradient of the mean
    loss over b examples. Every epoch goes through all n examples once, in an order of its own
    (`epoch_order`), and its last mini-batch has what is left. A step computes the loss of its
    mini-batch alone; the loss over all data and the measures are computed at the records only.

    The steps between two records are one call of a compiled program, one program for each batch size.
    The hyper-parameters and the schedule, the start, the number of epochs and of checkpoints, the seed
    and data of the same shape are its arguments, so none of them compiles it anew.

    Args:
        objective: What to minimize; with mini-batches it needs `on_batch`, as an `empirical_risk` has it.
        optimizer: From `OPTIMIZERS[name].build(...)`, `scheduled` or not, or any optax transformation.
        num_epochs: How often to go through the data, at least 1.
        batch_size: Examples that each step sees, b, from 1 to n; None for all of them: one step of the
            whole loss in an epoch.
        seed: Of the order of the examples, from 0 to 2⁶³ − 1.
        start: Where to start, shaped like `objective.start`, which is the default.
        max_checkpoints: How many checkpoints to keep besides the start, at most; at least 1. They are
            spread evenly over the steps, and the last one is the end. The memory is that of 3 copies of
            the parameters for each.
        progress: Called at each record with the share that is done, from 0 to 1; what it raises stops
            the training.
        on_record: Called with each `Record` as it is made, the start's first; likewise.

    Returns:
        The `Training`: a `Path` of the checkpoints, with the curves.

    Raises:
        ValueError: A number is out of range, the start does not fit the objective or is not finite, the
            optimizer needs residuals that the objective does not have; or there is a batch size, and
            the objective is no loss over examples or the optimizer works on the residuals of all.

    Example:
        >>> import landscape
        >>> from landscape import DATASETS, LOSSES, MODELS, OPTIMIZERS
        >>> iris = landscape.empirical_risk(MODELS["softmax"], DATASETS["iris"], LOSSES["cross-entropy"])
        >>> adam = OPTIMIZERS["adam"].build(learning_rate=0.05)
        >>> training = landscape.train(iris, adam, num_epochs=10, batch_size=32)
        >>> training.steps_per_epoch, training.batch_losses.shape, int(training.steps[-1])
        (5, (50,), 50)
        >>> bool(training.final_loss < 0.5 * training.losses[0])
        True

    Reference:
        Bottou, Curtis and Nocedal (2018), Optimization methods for large-scale machine learning,
        section 3.3 and 4, doi:10.1137/16M1080173
    """
    num_epochs = check_count("num_epochs", num_epochs)
    max_checkpoints = check_count("max_checkpoints", max_checkpoints)
    seed = check_count("seed", seed, least=0, most=LARGEST_SEED)
    size = _check_batch_size(objective, batch_size)
    program = _program(objective, optimizer, size)
    params = check_params(objective, objective.start if start is None else start, "start")
    check_finite(params, "start")

    dtype = jax.eval_shape(program.walking.loss, params).dtype
    draws = _Draws(objective.num_examples or 0, size, seed, dtype)
    moments, checkpoints = _moments(num_epochs, draws.steps_per_epoch, max_checkpoints)
    total, rows = int(moments[-1]), {int(step): row for row, step in enumerate(checkpoints)}
    points, slopes = _empty(params, len(rows)), _empty(params, len(rows) - 1)
    losses, batch_losses = np.empty(len(rows), dtype), np.empty(total, dtype)
    spent = np.zeros(len(rows), np.int64)
    curves: dict[str, list[float]] = {name: [] for name in ("loss", *objective.measures)}
    for record, evaluations, gradient in _walk(program, params, draws, moments, rows):
        step = record.step
        batch_losses[step - len(record.batch_losses) : step] = record.batch_losses
        for name, value in record.values.items():
            curves[name].append(value)
        if step in rows:
            row = rows[step]
            losses[row], spent[row] = record.values["loss"], evaluations
            _write(points, row, record.params)
            if step < total:
                _write(slopes, row, gradient)
        if on_record is not None:
            on_record(record)
        if progress is not None:
            progress(step / total)
    with np.errstate(invalid="ignore"):
        updates = jax.tree.map(lambda leaf: np.diff(leaf, axis=0), points)
    return Training(
        params=points,
        losses=losses,
        gradients=slopes,
        updates=updates,
        internals={},
        evaluations=spent,
        diverged_at=first_nonfinite(points, losses, slopes),
        steps=checkpoints,
        batch_losses=batch_losses,
        epochs=moments / draws.steps_per_epoch,
        records={name: np.array(values) for name, values in curves.items()},
        batch_size=batch_size,
        num_epochs=num_epochs,
        steps_per_epoch=draws.steps_per_epoch,
    )


def epoch_order(num_examples: int, seed: int, epoch: int) -> np.ndarray:
    """The order in which an epoch goes through the examples, a permutation of shape (num_examples,).

    Step s of the epoch sees b of them from the place s · b on: the same as `descend` with this seed.
    """
    return np.asarray(_order(jnp.arange(num_examples, dtype=jnp.uint32), seed, epoch))


class _Program(NamedTuple):
    """What the compiled programs depend on; a pytree, whose numbers are all traced."""

    walking: Walker
    on_batch: Partial | None
    measures: dict[str, Partial]


class _Draws(NamedTuple):
    """How the steps choose their examples."""

    num_examples: int
    batch_size: int | None
    seed: int
    dtype: Any

    @property
    def steps_per_epoch(self) -> int:
        return 1 if self.batch_size is None else -(-self.num_examples // self.batch_size)

    def batches(self, epoch: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Rows and weights of an epoch's mini-batches, each (steps_per_epoch, batch_size).

        The last one is filled up with examples that count nothing, so that one program serves all.
        """
        if self.batch_size is None:
            return None
        shape = (self.steps_per_epoch, self.batch_size)
        missing = shape[0] * shape[1] - self.num_examples
        rows = np.pad(epoch_order(self.num_examples, self.seed, epoch), (0, missing), mode="edge")
        weights = np.pad(np.ones(self.num_examples, self.dtype), (0, missing))
        return rows.reshape(shape), weights.reshape(shape)


def _program(
    objective: Objective, optimizer: BuiltOptimizer | optax.GradientTransformation, batch_size: int | None
) -> _Program:
    """Put together what the compiled programs depend on, and refuse what does not fit together."""
    walking = walker(objective, optimizer)
    measures = {name: as_program(measure) for name, measure in objective.measures.items()}
    if batch_size is None:
        return _Program(walking, None, measures)
    if objective.on_batch is None:
        raise ValueError(
            f"`objective` must be a loss over examples, with `on_batch`, to have a `batch_size` below "
            f"all of them, got {objective.name!r}"
        )
    if isinstance(optimizer, BuiltOptimizer) and optimizer.spec.needs_residuals:
        raise ValueError(
            f"`batch_size` must be None or {objective.num_examples} for {optimizer.spec.name}, which works "
            f"on the residuals of all examples, got {batch_size}"
        )
    return _Program(walking._replace(residuals=None), as_program(objective.on_batch), measures)


def _check_batch_size(objective: Objective, batch_size: int | None) -> int | None:
    """The batch size, or None for all examples."""
    if batch_size is None:
        return None
    if objective.num_examples is None:
        raise ValueError(
            f"`objective` must be a loss over examples to have a `batch_size`, got {objective.name!r}"
        )
    size = check_count("batch_size", batch_size, most=objective.num_examples)
    return None if size == objective.num_examples else size


def _moments(num_epochs: int, length: int, max_checkpoints: int) -> tuple[np.ndarray, np.ndarray]:
    """The steps at which there are records, and those of them at which there are checkpoints."""
    parts = min(length, max(1, max_checkpoints // num_epochs))
    within = np.arange(1, parts + 1) * length // parts
    starts = np.arange(num_epochs)[:, None] * length
    moments = np.concatenate([[0], np.ravel(starts + within)])
    if num_epochs <= max_checkpoints:
        return moments, moments
    return moments, moments[np.arange(max_checkpoints + 1) * num_epochs // max_checkpoints]


def _walk(
    program: _Program, params: Params, draws: _Draws, moments: np.ndarray, checkpoints: Container[int]
) -> Iterator[tuple[Record, int, Params]]:
    """Each record, the gradient evaluations until then, and the gradient where a checkpoint needs it."""
    state, length = _begin(program, params), draws.steps_per_epoch
    step, spent, batches = 0, 0, None
    batch_losses = np.empty(0, draws.dtype)
    for moment in moments.tolist():
        if moment > step:
            epoch, first = divmod(step, length)
            if first == 0:
                batches = draws.batches(epoch)
            params, state, seen, cost = _advance(program, params, state, batches, first, moment - step)
            batch_losses = np.asarray(seen)[first : first + moment - step]
            step, spent = moment, spent + int(cost)
        values, gradient = _look(program, params, step in checkpoints and step < moments[-1])
        values = {name: float(value) for name, value in jax.device_get(values).items()}
        yield Record(step, step / length, values, batch_losses, params), spent, gradient


@jax.jit
def _order(examples: jax.Array, seed: Any, epoch: Any) -> jax.Array:
    # As in `walkers.Batches`: random numbers, sorted, and of equal ones the first comes first.
    key = jax.random.fold_in(jax.random.key(seed), epoch)
    return jnp.argsort(jax.random.bits(key, examples.shape, jnp.uint32), stable=True).astype(jnp.int32)


@jax.jit
def _begin(program: _Program, params: Params) -> Any:
    return _strong(program.walking.init(params))


@jax.jit
def _advance(
    program: _Program, params: Params, state: Any, batches: Any, first: Any, count: Any
) -> tuple[Params, Any, jax.Array, jax.Array]:
    """Some steps of an epoch: the parameters and the state after them, their losses, and their cost."""

    def take(step: jax.Array, carry: Any) -> Any:
        params, state, losses, evaluations = carry
        walking = program.walking
        if batches is not None:
            rows, weights = (each[step] for each in batches)
            walking = walking._replace(loss=Partial(_on_rows, program.on_batch, rows, weights))
        value, _, updates, state = walking.step(params, state, step)
        evaluations += walking.evaluations(state).astype(evaluations.dtype)
        return optax.apply_updates(params, updates), state, losses.at[step].set(value), evaluations

    length = 1 if batches is None else len(batches[0])
    losses = jnp.zeros(length, jax.eval_shape(program.walking.loss, params).dtype)
    carry = (params, state, losses, jnp.zeros((), jnp.int64))
    params, state, losses, evaluations = lax.fori_loop(first, first + count, take, carry)
    return params, _strong(state), losses, evaluations


@jax.jit
def _look(program: _Program, params: Params, sloping: Any) -> tuple[dict[str, jax.Array], Params]:
    """The loss over all data and the measures; and the gradient if it is wanted, else zeros."""
    value_and_gradient = jax.value_and_grad(program.walking.loss)

    def value_alone(params: Params) -> tuple[jax.Array, Params]:
        return program.walking.loss(params), jax.tree.map(jnp.zeros_like, params)

    loss, gradient = lax.cond(sloping, value_and_gradient, value_alone, params)
    return {name: each(params) for name, each in program.measures.items()} | {"loss": loss}, gradient


def _on_rows(loss: Partial, rows: jax.Array, weights: jax.Array, params: Params) -> jax.Array:
    value: jax.Array = loss(params, rows, weights)
    return value


def _strong(state: Any) -> Any:
    """The state with no weak types: they would be another program when the state comes back."""

    def strong(leaf: Any) -> Any:
        return jnp.asarray(leaf, leaf.dtype) if getattr(leaf, "weak_type", False) else leaf

    return jax.tree.map(strong, state)


def _empty(params: Params, num_rows: int) -> Params:
    return jax.tree.map(lambda leaf: np.empty((num_rows, *leaf.shape), leaf.dtype), params)


def _write(rows: Params, row: int, params: Params) -> None:
    def write(leaf: np.ndarray, value: Any) -> None:
        leaf[row] = value

    jax.tree.map(write, rows, jax.device_get(params))
