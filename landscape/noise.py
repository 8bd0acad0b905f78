"""Noise: the gradients of mini-batches around the gradient of all data, and the average of a noisy walk."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.tree_util import Partial

from landscape.objectives import Objective, Params, as_program, check_batch, check_count, check_params
from landscape.paths import Path, first_nonfinite
from landscape.walkers import Batches, batches

CHUNK = 64
"""Mini-batches whose gradients are computed at once, so that memory does not grow with their number."""


def gradient_noise(
    objective: Objective, params: Params, batch_size: int, num_samples: int = 256, seed: int = 0
) -> Params:
    """The gradients of random mini-batches at a point.

    Each mini-batch is drawn from all n examples without replacement, independently of the others.
    The gradients scatter around ∇L with the covariance (1/b)(1 − b/n) S, where b is the batch size and
    S the covariance of the gradients of single examples, with the divisor n − 1.

    Args:
        objective: A loss over examples, such as an `empirical_risk`.
        params: The point, shaped like `objective.start`.
        batch_size: Examples in a mini-batch, b, from 1 to n.
        num_samples: How many mini-batches, at least 1.
        seed: Of the mini-batches, at least 0.

    Returns:
        The gradients, shaped like the point with a leading axis of `num_samples`.

    Raises:
        ValueError: The objective is no loss over examples, the point does not fit it, or a number is
            out of range.

    Example:
        >>> import landscape
        >>> from landscape import DATASETS, LOSSES, MODELS
        >>> risk = landscape.empirical_risk(MODELS["linear"], DATASETS["line"], LOSSES["mse"])
        >>> gradients = landscape.gradient_noise(risk, risk.start, batch_size=8, num_samples=100)
        >>> gradients["weights"].shape, bool(gradients["weights"].std() > 0)
        ((100, 1), True)

    Reference:
        W. G. Cochran (1977), Sampling techniques, 3rd edition, theorem 2.2
    """
    point = check_params(objective, params)
    rows = _gradients_at(
        objective, jax.tree.map(lambda leaf: leaf[None], point), batch_size, num_samples, seed
    )
    return jax.tree.map(lambda leaf: leaf[0], rows)


def noise_clouds(
    objective: Objective, path_params: Params, batch_size: int, num_samples: int = 64, seed: int = 0
) -> Params:
    """The gradients of the same random mini-batches at every iterate of a path.

    As `gradient_noise` at each iterate; the mini-batches are the same everywhere, so that from one
    iterate to the next a cloud moves and does not flicker.

    Args:
        objective: A loss over examples.
        path_params: The iterates, shaped like `objective.start` with a leading axis of T.
        batch_size: Examples in a mini-batch, from 1 to n.
        num_samples: How many mini-batches, at least 1.
        seed: Of the mini-batches, at least 0.

    Returns:
        The gradients, shaped like one iterate with the leading axes T and `num_samples`.

    Raises:
        ValueError: As for `gradient_noise`.

    Example:
        >>> import numpy as np
        >>> from landscape import DATASETS, LOSSES, MODELS
        >>> from landscape.noise import noise_clouds
        >>> from landscape.risk import on_two_parameters
        >>> line = on_two_parameters(
        ...     MODELS["linear"], DATASETS["line"], LOSSES["mse"], ("weights", 0), ("bias",)
        ... )
        >>> noise_clouds(line, np.zeros((5, 2)), batch_size=4).shape
        (5, 64, 2)
    """
    points = check_batch(objective, path_params, "path_params")
    count = len(jax.tree.leaves(points)[0])
    padded = jax.tree.map(lambda leaf: _padded(leaf, count), points)
    rows = _gradients_at(objective, padded, batch_size, num_samples, seed, count)
    return jax.tree.map(lambda leaf: leaf[:count], rows)


def average_iterates(objective: Objective, path: Path, first: int = 0) -> Path:
    r"""The running mean of a path's iterates, as a path of its own.

    \bar\theta_k = (\theta_m + … + \theta_k) / (k − m + 1) from the iterate m = `first` on; before it,
    \bar\theta_k = \theta_k. Where the iterates of a noisy walk scatter around a minimizer, their mean
    comes close to it, at the best rate there is if the learning rate falls slowly enough.

    Args:
        objective: What the path walks on.
        path: From `descend`.
        first: The first iterate that counts, from 0 to the path's number of steps: leave out the way
            there.

    Returns:
        A `Path` of as many rows, to be drawn and projected like any other: its losses and gradients are
        those of all data at the averages, its updates lead from one average to the next, and it has no
        inner quantities.

    Raises:
        ValueError: `first` is out of range, or the path does not fit the objective.

    Example:
        >>> import landscape
        >>> from landscape import DATASETS, LOSSES, MODELS, OPTIMIZERS
        >>> risk = landscape.empirical_risk(MODELS["linear"], DATASETS["line"], LOSSES["mse"])
        >>> optimizer = OPTIMIZERS["gd"].build(learning_rate=0.02)
        >>> noisy = landscape.descend(risk, optimizer, num_steps=400, batch_size=1)
        >>> averaged = landscape.average_iterates(risk, noisy, first=100)
        >>> averaged.num_steps, bool(averaged.final_loss < noisy.losses[200:].mean())
        (400, True)

    Reference:
        B. T. Polyak and A. B. Juditsky (1992), Acceleration of stochastic approximation by averaging,
        doi:10.1137/0330046
    """
    first = check_count("first", first, least=0, most=path.num_steps)
    averages = jax.tree.map(lambda leaf: _running_mean(np.asarray(leaf), first), path.params)
    points = check_batch(objective, averages, "path")
    count = path.num_steps + 1
    padded = jax.tree.map(lambda leaf: _padded(leaf, count), points)
    values, slopes = jax.device_get(_values_and_gradients(as_program(objective.loss), padded))
    losses = values[:count]
    gradients = jax.tree.map(lambda leaf: leaf[: count - 1], slopes)
    with np.errstate(invalid="ignore"):
        updates = jax.tree.map(lambda leaf: np.diff(leaf, axis=0), averages)
    return Path(
        params=averages,
        losses=losses,
        gradients=gradients,
        updates=updates,
        internals={},
        evaluations=path.evaluations,
        diverged_at=first_nonfinite(averages, losses, gradients),
    )


def _gradients_at(
    objective: Objective, points: Params, batch_size: int, num_samples: int, seed: int, count: int = 1
) -> Params:
    """At the first `count` points, the gradients of the mini-batches; in NumPy's arrays."""
    drawn = batches(objective, batch_size, seed)
    num_samples = check_count("num_samples", num_samples)
    num_chunks = 1 << (-(-num_samples // CHUNK) - 1).bit_length()
    rows = jax.device_get(_clouds(drawn, points, count, num_chunks=num_chunks))
    return jax.tree.map(lambda leaf: leaf[:, :num_samples], rows)


@partial(jax.jit, static_argnames="num_chunks")
def _clouds(drawn: Batches, points: Params, count: int, *, num_chunks: int) -> Params:
    in_an_epoch = -(-len(drawn.ones) // drawn.size)

    def of_chunk(samples: jax.Array) -> Params:
        weights = jax.vmap(lambda sample: drawn.weights(sample * in_an_epoch))(samples)

        def write(k: jax.Array, rows: Params) -> Params:
            found = _weighted_gradients(drawn.loss, jax.tree.map(lambda leaf: leaf[k], points), weights)
            return jax.tree.map(
                lambda all_rows, row: lax.dynamic_update_index_in_dim(all_rows, row, k, 0), rows, found
            )

        rows = jax.tree.map(lambda leaf: jnp.zeros((len(leaf), CHUNK, *leaf.shape[1:]), leaf.dtype), points)
        return lax.fori_loop(0, count, write, rows)

    chunks = lax.map(of_chunk, jnp.arange(num_chunks * CHUNK).reshape(num_chunks, CHUNK))

    def join(rows: jax.Array) -> jax.Array:
        return jnp.moveaxis(rows, 0, 1).reshape(rows.shape[1], num_chunks * CHUNK, *rows.shape[3:])

    return jax.tree.map(join, chunks)


def _weighted_gradients(loss: Partial, params: Params, weights: jax.Array) -> Params:
    """The gradients for each row of weights."""
    if sum(leaf.size for leaf in jax.tree.leaves(params)) > len(weights):
        return jax.vmap(lambda row: jax.grad(loss)(params, row))(weights)
    # The gradient is affine in the weights: with few parameters its slopes are cheaper than many gradients.
    none = jnp.zeros_like(weights[0])
    slopes = jax.jacfwd(lambda point: jax.grad(loss, argnums=1)(point, none))(params)
    return jax.tree.map(
        lambda start, slope: start + jnp.tensordot(weights, slope, 1), jax.grad(loss)(params, none), slopes
    )


@jax.jit
def _values_and_gradients(loss: Partial, points: Params) -> tuple[jax.Array, Params]:
    found: tuple[jax.Array, Params] = lax.map(jax.value_and_grad(loss), points, batch_size=CHUNK)
    return found


def _running_mean(rows: np.ndarray, first: int) -> np.ndarray:
    counted = rows[first:]
    counts = np.arange(1, len(counted) + 1).reshape(-1, *[1] * (rows.ndim - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        means = np.cumsum(counted, axis=0, dtype=float) / counts
        return np.concatenate([rows[:first], means.astype(rows.dtype)])


def _padded(leaf: Any, count: int) -> np.ndarray:
    rows = max(CHUNK, 1 << (count - 1).bit_length())
    return np.concatenate([leaf, np.broadcast_to(leaf[-1:], (rows - count, *leaf.shape[1:]))])
