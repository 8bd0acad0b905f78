"""Walkers: an objective, an optimizer and its choice of examples, as one argument of a compiled program."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.tree_util import Partial, register_static

from landscape.objectives import Objective, Params, as_program, check_count
from landscape.optimizers import BuiltOptimizer
from landscape.optimizers.optimizer import cast_like


class Batches(NamedTuple):
    """Which examples each step sees: those of a mini-batch, drawn without replacement in every epoch.

    Args:
        loss: (params, weights of shape (n,)) -> the loss with example i counted weights[i] times.
        size: Examples in a batch; the last one of an epoch has what is left.
        seed: Of the order of the examples, which is another one in every epoch.
        ones: Ones of shape (n,).
    """

    loss: Partial
    size: Any
    seed: Any
    ones: Any

    def weights(self, step: Any) -> jax.Array:
        """How often each example counts at a step, so that the loss is the mean over the batch; (n,)."""
        count = len(self.ones)
        in_an_epoch = -(-count // self.size)
        first = step % in_an_epoch * self.size
        last = jnp.minimum(first + self.size, count) - 1
        # Numbers in random order, no two the same: sorted alone they take a fraction of a permutation's time.
        key = jax.random.fold_in(jax.random.key(self.seed), step // in_an_epoch)
        high = jax.random.bits(key, (count,), jnp.uint32).astype(jnp.uint64) << 32
        numbers = high | jnp.arange(count, dtype=jnp.uint64)
        in_order = jnp.sort(numbers)
        chosen = (in_order[first] <= numbers) & (numbers <= in_order[last])
        return jnp.where(chosen, self.ones * (count / (last + 1 - first)), 0.0)


class Walker(NamedTuple):
    """What a compiled program needs in order to walk; a pytree, whose numbers are all traced.

    Args:
        loss: params -> scalar, over all data.
        residuals: params -> residuals, or None.
        stepper: The optimizer.
        batches: How each step chooses its examples; None for all of them.
    """

    loss: Partial
    residuals: Partial | None
    stepper: Any
    batches: Batches | None = None

    def init(self, params: Params) -> Any:
        """The optimizer's state before the first step."""
        return self.stepper.init(params)

    def step(self, params: Params, state: Any, step: Any) -> tuple[Any, Any, Any, Any]:
        """One step from a point.

        Args:
            params: The point.
            state: The optimizer's state there.
            step: The index of the step; it decides the mini-batch.

        Returns:
            The loss over all data at the point; the gradient, of the mini-batch where there is one;
            the updates, to be added to the point; and the state after the step.
        """
        seen = self.loss
        if self.batches is not None:
            seen = Partial(_on_batch, self.batches.loss, self.batches.weights(step))

        # Optax reads the signature of the loss, which a `Partial` hides, and wants a taker for each extra.
        def value_fn(point: Params, residuals_fn: Any = None) -> jax.Array:
            return seen(point)

        value, gradient = jax.value_and_grad(seen)(params)
        updates, state = self.stepper.update(
            gradient,
            state,
            params,
            value=value,
            grad=gradient,
            value_fn=value_fn,
            residuals_fn=self.residuals,
        )
        return value if self.batches is None else self.loss(params), gradient, updates, state

    def internals(self, state: Any, updates: Params) -> dict[str, Any]:
        """The optimizer's inner quantities after a step."""
        found: dict[str, Any] = self.stepper.internals(state, updates)
        return found

    def evaluations(self, state: Any) -> jax.Array:
        """Gradient evaluations that the last step cost."""
        return jnp.asarray(self.stepper.evaluations(state))


def walker(
    objective: Objective,
    optimizer: BuiltOptimizer | optax.GradientTransformation,
    batch_size: int | None = None,
    seed: int = 0,
) -> Walker:
    """Put an objective and an optimizer together.

    Args:
        objective: What to minimize.
        optimizer: From `OPTIMIZERS[name].build(...)`, or any optax transformation.
        batch_size: Examples that each step sees, from 1 to the objective's number of examples; None
            for all of them. Traced.
        seed: Of the order of the examples, at least 0. Traced.

    Returns:
        The `Walker`.

    Raises:
        ValueError: The optimizer needs residuals that the objective does not have; or there is a
            batch size, and the objective is no loss over examples, the size or the seed is out of
            range, or the optimizer works on the residuals of all examples.

    Example:
        >>> from landscape import FUNCTIONS, OPTIMIZERS
        >>> from landscape.walkers import walker
        >>> bowl = FUNCTIONS["bowl"]
        >>> made = walker(bowl, OPTIMIZERS["gd"].build(learning_rate=0.1))
        >>> loss, gradient, updates, state = made.step(bowl.start, made.init(bowl.start), 0)
        >>> updates.shape
        (2,)
    """
    stepper: Any = _Foreign(optimizer)
    if isinstance(optimizer, BuiltOptimizer):
        optimizer.spec.check_objective(objective)
        stepper = optimizer
    residuals = None if objective.residuals is None else as_program(objective.residuals)
    made = Walker(as_program(objective.loss), residuals, stepper)
    if batch_size is None:
        return made
    drawn = batches(objective, batch_size, seed)
    if (
        isinstance(optimizer, BuiltOptimizer)
        and optimizer.spec.needs_residuals
        and drawn.size < len(drawn.ones)
    ):
        raise ValueError(
            f"`batch_size` must be the {len(drawn.ones)} examples for {optimizer.spec.name}, which works "
            f"on the residuals of all of them, got {drawn.size}"
        )
    return made._replace(batches=drawn)


def batches(objective: Objective, batch_size: int, seed: int) -> Batches:
    """The mini-batches of an objective's examples.

    Args:
        objective: A loss over examples.
        batch_size: From 1 to the objective's number of examples.
        seed: Of the order of the examples, from 0 to 2⁶³ − 1.

    Returns:
        The `Batches`.

    Raises:
        ValueError: The objective is no loss over examples, or the size or the seed is out of range.
    """
    if objective.on_examples is None or objective.num_examples is None:
        raise ValueError(
            f"`objective` must be a loss over examples to have a `batch_size`, got {objective.name!r}"
        )
    size = check_count("batch_size", batch_size, most=objective.num_examples)
    seed = check_count("seed", seed, least=0, most=2**63 - 1)
    return Batches(as_program(objective.on_examples), size, seed, np.ones(objective.num_examples))


def _on_batch(loss: Partial, weights: jax.Array, params: Params) -> jax.Array:
    return loss(params, weights)


@register_static
@dataclass(frozen=True)
class _Foreign:
    """An optax transformation of the user's own: static, known by the identity of its functions."""

    transformation: optax.GradientTransformation

    def init(self, params: Params) -> Any:
        return self.transformation.init(params)

    def update(self, gradient: Params, state: Any, params: Params, **extra: Any) -> tuple[Params, Any]:
        transformation = optax.with_extra_args_support(self.transformation)
        new_updates, new_state = transformation.update(gradient, state, params, **extra)
        return cast_like(new_updates, gradient), cast_like(new_state, state)

    def internals(self, state: Any, updates: Params) -> dict[str, Any]:
        """Every named part of the state that is shaped like the parameters; a name met again is numbered."""
        found: dict[str, Any] = {}
        for name, part in _named_parts(state, _form(updates)):
            count = 1 + sum(key == name or key.startswith(f"{name}-") for key in found)
            found[name if count == 1 else f"{name}-{count}"] = part
        return found

    def evaluations(self, state: Any) -> int:
        return 1


def _form(tree: Any) -> tuple[Any, list[tuple[int, ...]]]:
    return jax.tree.structure(tree), [jnp.shape(leaf) for leaf in jax.tree.leaves(tree)]


def _named_parts(state: Any, form: tuple[Any, list[tuple[int, ...]]]) -> Iterator[tuple[str, Any]]:
    """The floating-point parts of a state that have the form, each with the name of its field."""
    fields = state._asdict() if hasattr(state, "_asdict") else state if isinstance(state, dict) else {}
    for name, part in fields.items():
        if _form(part) == form and all(
            jnp.issubdtype(jnp.result_type(leaf), jnp.floating) for leaf in jax.tree.leaves(part)
        ):
            yield str(name), part
        else:
            yield from _named_parts(part, form)
    if isinstance(state, (tuple, list)) and not fields:
        for part in state:
            yield from _named_parts(part, form)
