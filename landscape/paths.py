"""Paths: every iterate of an optimizer, with the loss, gradient, update and inner quantities behind it."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from landscape.objectives import Objective, Params, check_batch, check_count, check_finite, check_params
from landscape.optimizers import BuiltOptimizer
from landscape.walkers import Walker, walker

SMALLEST_CAPACITY = 1024
"""Rows that the smallest compiled program holds: a power of two, so that few programs serve all lengths."""

ENDPOINT_CHUNK = 4096
"""Starts walked at once in `endpoints`: few enough that their state stays in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Path:
    """The iterates θ₀ … θ_T of an optimizer and what was known at each of them; all arrays are NumPy.

    Step k goes from row k to row k + 1: `params[k + 1] = params[k] + updates[k]`. A diverging run
    keeps its rows: nothing is clipped.

    Attributes:
        params: The iterates, a pytree with a leading axis of num_steps + 1; row 0 is the start.
        losses: The loss over all data at each iterate, shape (num_steps + 1,).
        gradients: ∇L at the iterate that a step leaves, a pytree with a leading axis of num_steps; of
            the step's mini-batch where there is one.
        updates: What the step adds to the parameters, likewise.
        internals: The optimizer's inner quantities after its update, name → pytree with a
            leading axis of num_steps: "m", "v", "velocity", "damping", …
        evaluations: Gradient evaluations spent until each iterate, shape (num_steps + 1,).
        diverged_at: The first row with a value that is not finite, or None.
    """

    params: Params
    losses: np.ndarray
    gradients: Params
    updates: Params
    internals: dict[str, Any]
    evaluations: np.ndarray
    diverged_at: int | None

    @property
    def num_steps(self) -> int:
        """How many steps were taken."""
        return len(self.losses) - 1

    @property
    def final_loss(self) -> float:
        """The loss at the last iterate."""
        return float(self.losses[-1])

    def first(self, num_steps: int) -> Self:
        """The path's first steps, as if it had been stopped there."""
        count = max(0, min(num_steps, self.num_steps))
        rows = partial(jax.tree.map, lambda leaf: leaf[: count + 1])
        steps = partial(jax.tree.map, lambda leaf: leaf[:count])
        return replace(
            self,
            params=rows(self.params),
            losses=self.losses[: count + 1],
            gradients=steps(self.gradients),
            updates=steps(self.updates),
            internals=steps(self.internals),
            evaluations=self.evaluations[: count + 1],
            diverged_at=self.diverged_at
            if self.diverged_at is not None and self.diverged_at <= count
            else None,
        )

    def within(self, num_evaluations: int) -> Self:
        """The part of the path that costs at most `num_evaluations` gradient evaluations."""
        return self.first(int(np.searchsorted(self.evaluations, num_evaluations, side="right")) - 1)


def descend(
    objective: Objective,
    optimizer: BuiltOptimizer | optax.GradientTransformation,
    start: Params | None = None,
    num_steps: int = 100,
    *,
    capacity: int | None = None,
    batch_size: int | None = None,
    seed: int = 0,
) -> Path:
    """Walk down an objective and record everything on the way.

    θ_{k+1} = θ_k + u_k, where the optimizer makes the update u_k of the gradient ∇L(θ_k) and its
    state. With a batch size the gradient is that of a mini-batch: every epoch goes through all
    examples once, in an order of its own, and its last batch has what is left. The whole walk is one
    compiled program; the learning rate, the other hyper-parameters, the start, the number of steps,
    the batch size and the seed are its arguments, so none of them compiles it anew.

    Args:
        objective: What to minimize.
        optimizer: From `OPTIMIZERS[name].build(...)`, or any optax transformation.
        start: Where to start, shaped like `objective.start`, which is the default.
        num_steps: How many steps to take, at least 1.
        capacity: Rows that the compiled program holds, at least `num_steps`; a power of two from
            1,024 by default. Runs of the same capacity share one program.
        batch_size: Examples that each step sees, from 1 to the objective's number of examples, drawn
            without replacement in every epoch; None for all of them.
        seed: Of the order of the examples, at least 0.

    Returns:
        The `Path`, with num_steps + 1 rows.

    Raises:
        ValueError: `num_steps` or `capacity` is too small, the start does not fit the objective,
            the start is not finite, or the optimizer needs residuals that the objective does not have;
            or there is a batch size, and the objective is no loss over examples, the size or the seed
            is out of range, or the optimizer works on the residuals of all examples.

    Example:
        >>> import landscape
        >>> from landscape import FUNCTIONS, OPTIMIZERS
        >>> optimizer = OPTIMIZERS["gd"].build(learning_rate=0.1)
        >>> path = landscape.descend(FUNCTIONS["bowl"], optimizer, start=[1.0, 0.0], num_steps=3)
        >>> path.params.shape, path.diverged_at
        ((4, 2), None)
    """
    num_steps = check_count("num_steps", num_steps)
    if capacity is None:
        capacity = max(SMALLEST_CAPACITY, 1 << (num_steps - 1).bit_length())
    if check_count("capacity", capacity) < num_steps:
        raise ValueError(f"`capacity` must be at least `num_steps` = {num_steps}, got {capacity}")
    walking = walker(objective, optimizer, batch_size, seed)
    params = check_params(objective, objective.start if start is None else start, "start")
    check_finite(params, "start")
    rows, steps = jax.device_get(_record(walking, params, num_steps, capacity=capacity))
    rows = jax.tree.map(lambda leaf: leaf[: num_steps + 1], rows)
    steps = jax.tree.map(lambda leaf: leaf[:num_steps], steps)
    evaluations = np.concatenate([[0], np.cumsum(steps["evaluations"])]).astype(np.int64)
    return Path(
        params=rows["params"],
        losses=rows["losses"],
        gradients=steps["gradients"],
        updates=steps["updates"],
        internals=steps["internals"],
        evaluations=evaluations,
        diverged_at=first_nonfinite(rows["params"], rows["losses"], steps["gradients"]),
    )


def endpoints(
    objective: Objective,
    optimizer: BuiltOptimizer | optax.GradientTransformation,
    starts: Params,
    num_steps: int = 100,
    *,
    batch_size: int | None = None,
    seed: int = 0,
) -> tuple[Params, np.ndarray]:
    """Where an optimizer ends from each of many starts, all walked in one program.

    Args:
        objective: What to minimize.
        optimizer: As for `descend`.
        starts: The starts, shaped like `objective.start` with a leading axis of n.
        num_steps: How many steps to take from each, at least 1.
        batch_size: As for `descend`; all starts see the same mini-batches.
        seed: As for `descend`.

    Returns:
        The last iterates, shaped like `starts`, and their losses over all data, shape (n,).

    Raises:
        ValueError: As for `descend`; or the starts have no common leading axis.

    Example:
        >>> import landscape, numpy as np
        >>> from landscape import FUNCTIONS, OPTIMIZERS
        >>> from landscape.paths import endpoints
        >>> starts = np.array([[1.0, 1.0], [-2.0, 0.5]])
        >>> optimizer = OPTIMIZERS["gd"].build(learning_rate=0.1)
        >>> ends, losses = endpoints(FUNCTIONS["bowl"], optimizer, starts, 500)
        >>> bool(np.all(losses < 1e-12))
        True
    """
    num_steps = check_count("num_steps", num_steps)
    walking = walker(objective, optimizer, batch_size, seed)
    points = jax.tree.map(np.asarray, check_batch(objective, starts, "starts"))
    check_finite(points, "starts")
    num_starts = len(jax.tree.leaves(points)[0])
    # Parts of one size share one program, and each runs on a core of its own.
    size = min(ENDPOINT_CHUNK, 1 << (num_starts - 1).bit_length())

    def walk(first: int) -> tuple[Params, jax.Array]:
        rows = np.minimum(np.arange(first, first + size), num_starts - 1)
        part = jax.tree.map(lambda leaf: leaf[rows], points)
        return jax.device_get(_walk_all(walking, part, num_steps))

    parts = [walk(0)]
    if num_starts > size:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            parts += pool.map(walk, range(size, num_starts, size))
    params, losses = jax.tree.map(lambda *leaves: np.concatenate(leaves)[:num_starts], *parts)
    return params, losses


@partial(jax.jit, static_argnames="capacity")
def _record(
    walking: Walker, params: Params, num_steps: int, *, capacity: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    # The loop writes only what cannot be had afterwards: a lean body stays one fused kernel,
    # which makes a step some ten times faster. The inner quantities follow from the states, all at once.
    def take(params: Params, state: Any, k: Any) -> tuple[Params, Any, dict[str, Any]]:
        value, gradient, updates, state = walking.step(params, state, k)
        step = {"loss": value, "gradients": gradient, "updates": updates, "states": state}
        return optax.apply_updates(params, updates), state, step | {"params": params}

    def write(k: jax.Array, carry: Any) -> Any:
        params, state, buffers = carry
        params, state, step = take(params, state, k)
        buffers = jax.tree.map(
            lambda rows, row: lax.dynamic_update_index_in_dim(rows, row, k, 0), buffers, step
        )
        return params, state, buffers

    state = walking.init(params)
    shapes = jax.eval_shape(lambda params, state: take(params, state, 0)[2], params, state)
    buffers = jax.tree.map(lambda leaf: jnp.zeros((capacity, *leaf.shape), leaf.dtype), shapes)
    params, state, buffers = lax.fori_loop(0, num_steps, write, (params, state, buffers))

    def close(rows: jax.Array, last: jax.Array) -> jax.Array:
        return lax.dynamic_update_index_in_dim(jnp.concatenate([rows, rows[:1]]), last, num_steps, 0)

    rows = {
        "params": jax.tree.map(close, buffers["params"], params),
        "losses": close(buffers["loss"], walking.loss(params)),
    }
    steps = {
        "gradients": buffers["gradients"],
        "updates": buffers["updates"],
        "internals": jax.vmap(walking.internals)(buffers["states"], buffers["updates"]),
        "evaluations": jax.vmap(lambda _, state: walking.evaluations(state))(
            buffers["loss"], buffers["states"]
        ),
    }
    return rows, steps


@jax.jit
def _walk_all(walking: Walker, starts: Params, num_steps: int) -> Any:
    def walk(params: Params) -> tuple[Params, jax.Array]:
        def body(k: jax.Array, carry: tuple[Params, Any]) -> tuple[Params, Any]:
            params, state = carry
            _, _, updates, state = walking.step(params, state, k)
            return optax.apply_updates(params, updates), state

        params, _ = lax.fori_loop(0, num_steps, body, (params, walking.init(params)))
        return params, walking.loss(params)

    return jax.vmap(walk)(starts)


def first_nonfinite(params: Params, losses: np.ndarray, gradients: Params) -> int | None:
    """The first row of a path with a value that is not finite, or None."""
    bad = ~np.isfinite(losses)
    for leaf in jax.tree.leaves(params):
        bad |= ~np.isfinite(leaf).reshape(len(losses), -1).all(axis=1)
    for leaf in jax.tree.leaves(gradients):
        bad[:-1] |= ~np.isfinite(leaf).reshape(len(losses) - 1, -1).all(axis=1)
    return int(np.argmax(bad)) if bad.any() else None
