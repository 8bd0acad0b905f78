"""What an optimizer is: a named family of update rules, and one of them with its numbers chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from landscape.objectives import Objective, Params

State = Any
"""The state of an optax transformation: a pytree."""

Numbers = Mapping[str, Any]
"""The value of each hyper-parameter, by name; traced inside a compiled program."""


class Quantity(NamedTuple):
    """How an inner quantity is written: its LaTeX symbol and its name in words."""

    symbol: str
    title: str


@dataclass(frozen=True)
class Hyperparameter:
    """A number that an update rule depends on.

    Args:
        name: Name in Python and in links, such as "learning_rate".
        title: What a reader sees.
        symbol: LaTeX, without dollar signs.
        default: The value where nothing else is said.
        low: Smallest value worth offering on a control.
        high: Largest value worth offering on a control.
        scale: Whether a control over it is logarithmic or linear.
        minimum: The rule has no meaning below this value.
        maximum: The rule has no meaning above this value.
        open: Whether `maximum` itself is excluded.
        whole: Whether it is a count.

    Example:
        >>> from landscape import OPTIMIZERS
        >>> [h.name for h in OPTIMIZERS["adam"].hyperparameters]
        ['learning_rate', 'beta1', 'beta2', 'epsilon']
    """

    name: str
    title: str
    symbol: str
    default: float
    low: float
    high: float
    scale: Literal["log", "linear"]
    minimum: float = 0.0
    maximum: float = np.inf
    open: bool = False
    whole: bool = False

    def check(self, value: Any) -> float:
        """The value as a float.

        Raises:
            ValueError: It is not a finite number within the hard bounds, or not a whole one where it must be.
        """
        array = np.asarray(value)
        if array.ndim or array.dtype.kind not in "fiu" or not np.isfinite(array):
            raise ValueError(f"`{self.name}` must be a finite number, got {value!r}")
        number = float(array)
        if number < self.minimum:
            raise ValueError(f"`{self.name}` must be at least {self.minimum:g}, got {number:g}")
        if number > self.maximum or (self.open and number == self.maximum):
            rule = "below" if self.open else "at most"
            raise ValueError(f"`{self.name}` must be {rule} {self.maximum:g}, got {number:.17g}")
        if self.whole and not number.is_integer():
            raise ValueError(f"`{self.name}` must be a whole number, got {number:g}")
        return number


def choose(
    owner: str, hyperparameters: tuple[Hyperparameter, ...], given: Mapping[str, Any]
) -> dict[str, float]:
    """The value of each hyper-parameter: the one that is given, or its default.

    Raises:
        ValueError: A name is unknown to the owner, or a value is not a finite number in its bounds.
    """
    known = {each.name: each for each in hyperparameters}
    for name, value in given.items():
        if name not in known:
            names = ", ".join(known) or "it has none"
            raise ValueError(f"`{name}` must be a hyper-parameter of {owner} ({names}), got {value!r}")
    return {name: each.check(given.get(name, each.default)) for name, each in known.items()}


def no_internals(state: State, updates: Params, numbers: Numbers) -> dict[str, Any]:
    """The inner quantities of a rule that has none."""
    return {}


def one_evaluation(state: State) -> jax.Array:
    """The cost of a step that needs the gradient once."""
    return jnp.ones((), jnp.int32)


@dataclass(frozen=True, eq=False)
class Optimizer:
    """A family of update rules, before its hyper-parameters are chosen.

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        formula: LaTeX of the update, with θ the parameters, g the gradient and η the
            learning rate.
        hyperparameters: The numbers it depends on, in the order a reader should meet them.
        make: One keyword per hyper-parameter -> the optax transformation. The numbers are
            traced, so they are not to be branched on.
        internals: (state after the update, updates, numbers) -> inner quantities by name,
            each a pytree.
        quantities: How each of the inner quantities is written.
        evaluations: State after the update -> what that step cost, in gradient evaluations.
        needs_residuals: Whether it works only on objectives made of residuals.
        reference: Where the rule comes from.

    Example:
        >>> import jax.numpy as jnp, optax
        >>> from landscape import OPTIMIZERS
        >>> built = OPTIMIZERS["gd"].build(learning_rate=0.25)
        >>> params = jnp.array([4.0])
        >>> updates, state = built.update(2 * params, built.init(params), params)
        >>> float(optax.apply_updates(params, updates)[0])
        2.0
    """

    name: str
    title: str
    formula: str
    hyperparameters: tuple[Hyperparameter, ...]
    make: Callable[..., optax.GradientTransformation]
    reference: str
    internals: Callable[[State, Params, Numbers], dict[str, Any]] = no_internals
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    evaluations: Callable[[State], jax.Array] = one_evaluation
    needs_residuals: bool = False

    def build(self, **hyperparameters: float) -> "BuiltOptimizer":
        """The optimizer with its numbers chosen, as an optax transformation.

        Args:
            hyperparameters: By name; those not given keep their defaults.

        Returns:
            A transformation that is also a JAX pytree whose leaves are the numbers.

        Raises:
            ValueError: A name is unknown, or a value is not a finite number in its bounds.

        Example:
            >>> from landscape import OPTIMIZERS
            >>> OPTIMIZERS["momentum"].build(learning_rate=0.1)
            momentum(learning_rate=0.1, momentum=0.9)
            >>> OPTIMIZERS["gd"].build(learning_rate=-1)
            Traceback (most recent call last):
            ValueError: `learning_rate` must be at least 0, got -1
        """
        return BuiltOptimizer.assemble(self, choose(self.name, self.hyperparameters, hyperparameters))

    def check_objective(self, objective: Objective) -> None:
        """Refuse an objective on which this optimizer is not defined.

        Raises:
            ValueError: It needs residuals and the objective has none.
        """
        if self.needs_residuals and objective.residuals is None:
            raise ValueError(
                f"`objective` must be made of residuals (a sum of squares) for {self.name}, "
                f"got {objective.name!r}, which has none"
            )


class BuiltOptimizer(optax.GradientTransformationExtraArgs):
    """An optax transformation that is also a pytree of its hyper-parameters.

    Passed to a compiled program as an argument, its numbers are traced: one program serves
    all of their values, and `jax.vmap` runs over a batch of them.

    Example:
        >>> import jax
        >>> from landscape import OPTIMIZERS
        >>> jax.tree.leaves(OPTIMIZERS["adam"].build(learning_rate=0.05))
        [0.05, 0.9, 0.999, 1e-08]
    """

    spec: Optimizer
    hyperparameters: dict[str, Any]

    @classmethod
    def assemble(cls, spec: Optimizer, numbers: Numbers) -> "BuiltOptimizer":
        """Put a rule and its numbers together, with no check of the numbers."""
        chosen = dict(numbers)

        # The rule is made only when it runs: JAX also fills pytrees with placeholders.
        def init(params: Params) -> State:
            return spec.make(**chosen).init(params)

        def update(gradient: Params, state: State, params: Params = None, **extra: Any) -> tuple[Any, Any]:
            transformation = optax.with_extra_args_support(spec.make(**chosen))
            new_updates, new_state = transformation.update(gradient, state, params, **extra)
            return cast_like(new_updates, gradient), cast_like(new_state, state)

        built = cls(init, update)
        built.spec, built.hyperparameters = spec, chosen
        return built

    def internals(self, state: State, updates: Params) -> dict[str, Any]:
        """The inner quantities after an update, each a pytree; their names are `spec.quantities`."""
        return self.spec.internals(state, updates, self.hyperparameters)

    def evaluations(self, state: State) -> jax.Array:
        """How many gradient evaluations the last update cost; a scalar."""
        return self.spec.evaluations(state)

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={value}" for name, value in self.hyperparameters.items())
        return f"{self.spec.name}({numbers})"


def cast_like(new: Any, old: Any) -> Any:
    """Keep the types of a pytree: float64 numbers must not widen float32 weights."""

    def cast(leaf: Any, reference: Any) -> Any:
        dtype = jnp.result_type(reference)
        return leaf if jnp.result_type(leaf) == dtype else jnp.asarray(leaf, dtype)

    return jax.tree.map(cast, new, old)


def _flatten(built: BuiltOptimizer) -> tuple[tuple[Any, ...], Optimizer]:
    return tuple(built.hyperparameters.values()), built.spec


def _unflatten(spec: Optimizer, leaves: Any) -> BuiltOptimizer:
    names = (each.name for each in spec.hyperparameters)
    return BuiltOptimizer.assemble(spec, dict(zip(names, leaves, strict=True)))


jax.tree_util.register_pytree_node(BuiltOptimizer, _flatten, _unflatten)
