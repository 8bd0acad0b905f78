"""Scheduled optimizers: a learning rate of its own at each step."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from landscape.objectives import Params
from landscape.optimizers.optimizer import BuiltOptimizer, Numbers, Optimizer, State


class ScheduledState(NamedTuple):
    """How many steps have been taken, and the state of the optimizer itself."""

    step: jax.Array
    inner: State


class ScheduledOptimizer(BuiltOptimizer):
    """An optimizer whose learning rate is multiplied by a factor of its own at each step.

    A pytree of its hyper-parameters and of the factors: one compiled program serves all schedules.
    """

    factors: Any

    @classmethod
    def over(cls, spec: Optimizer, numbers: Numbers, factors: Any) -> "ScheduledOptimizer":
        """Put a rule, its numbers and the factors together, with no check of any of them."""
        chosen = dict(numbers)

        def init(params: Params) -> ScheduledState:
            return ScheduledState(jnp.zeros((), jnp.int32), made.at(0).init(params))

        def update(
            gradient: Params, state: ScheduledState, params: Params = None, **extra: Any
        ) -> tuple[Params, ScheduledState]:
            updates, inner = made.at(state.step).update(gradient, state.inner, params, **extra)
            return updates, ScheduledState(state.step + 1, inner)

        made = cls(init, update)
        made.spec, made.hyperparameters, made.factors = spec, chosen, factors
        return made

    def at(self, step: Any) -> BuiltOptimizer:
        """The optimizer of one step, with its learning rate there; after the last factor that one stays."""
        factor = self.factors[jnp.minimum(step, len(self.factors) - 1)]
        rate = self.hyperparameters["learning_rate"] * factor
        return BuiltOptimizer.assemble(self.spec, self.hyperparameters | {"learning_rate": rate})

    def internals(self, state: ScheduledState, updates: Params) -> dict[str, Any]:
        """The inner quantities after an update, each a pytree; their names are `spec.quantities`."""
        return self.at(state.step - 1).internals(state.inner, updates)

    def evaluations(self, state: ScheduledState) -> jax.Array:
        """How many gradient evaluations the last update cost; a scalar."""
        return self.spec.evaluations(state.inner)

    def __repr__(self) -> str:
        return f"scheduled {super().__repr__()}"


def _flatten(made: ScheduledOptimizer) -> tuple[tuple[Any, ...], Optimizer]:
    return (*made.hyperparameters.values(), made.factors), made.spec


def _unflatten(spec: Optimizer, leaves: Any) -> ScheduledOptimizer:
    *numbers, factors = leaves
    names = (each.name for each in spec.hyperparameters)
    return ScheduledOptimizer.over(spec, dict(zip(names, numbers, strict=True)), factors)


jax.tree_util.register_pytree_node(ScheduledOptimizer, _flatten, _unflatten)
