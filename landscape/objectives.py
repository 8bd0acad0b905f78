"""Objectives: a scalar loss of a parameter pytree and all that is known of it."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

Params = Any
"""A pytree of arrays: the point at which a loss is evaluated."""

Domain = tuple[tuple[float, float], tuple[float, float]]
"""((xmin, xmax), (ymin, ymax)) of a two-parameter objective."""

ResidualScale = Literal["half", "mean", "sum"]
"""How a loss is made of its residuals r: ½ Σ r², (1/n) Σ r² or Σ r²."""


@dataclass(frozen=True, eq=False)
class Objective:
    """A scalar loss of a parameter pytree, with all that is known of it.

    The loss is any JAX-differentiable function. Numbers that a reader moves (a penalty's
    strength, the data) travel as leaves of a `jax.tree_util.Partial`, so that a compiled
    program serves all of their values; a plain function works too and is compiled once.

    Args:
        loss: params -> scalar.
        start: Where an optimizer starts when nothing else is said; any pytree of arrays.
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        formula: LaTeX of the loss, without dollar signs.
        domain: ((xmin, xmax), (ymin, ymax)) worth looking at, for two parameters; or None.
        minimizers: Every known global minimizer, shape (k, 2); or None.
        minimum: The loss at the minimizers; or None.
        residuals: params -> residuals of shape (n,), for least-squares losses; or None.
        residual_scale: How the loss is made of the residuals r: "half" (½ Σ r²),
            "mean" ((1/n) Σ r²) or "sum" (Σ r²).
        on_examples: (params, weights of shape (n,)) -> the loss with example i counted weights[i]
            times, in which it is affine: all ones give the loss itself; penalties are counted once.
            For losses over n examples; or None.
        on_batch: (params, rows of shape (b,), weights of shape (b,)) -> the loss over the examples with
            these numbers alone: the mean of theirs, weighted, and penalties counted once. What
            mini-batches, and all data a part at a time, are made of; or None. An example of weight 0
            fills a batch up and must count nothing.
        num_examples: n, at least 1, where there is `on_examples` or `on_batch`.
        measures: Other scalars of the parameters worth looking at, by name: "accuracy",
            "held_out_loss", "held_out_accuracy".
        known_point: A point away from the minimizers whose loss is published; or None.
        known_value: The published loss at `known_point`.
        reference: Where the definition comes from.

    Raises:
        ValueError: The domain is empty, reversed or not finite, `residual_scale` is another word, or
            `num_examples` is below 1, or given without examples, or they without it.

    Example:
        >>> import jax.numpy as jnp
        >>> from landscape import Objective
        >>> own = Objective(loss=lambda w: jnp.sum(w["a"] ** 2), start={"a": jnp.ones(3)})
        >>> float(own.loss(own.start))
        3.0
    """

    loss: Callable[[Params], jax.Array]
    start: Params
    name: str = "objective"
    title: str = ""
    formula: str = ""
    domain: Domain | None = None
    minimizers: np.ndarray | None = None
    minimum: float | None = None
    residuals: Callable[[Params], jax.Array] | None = None
    residual_scale: ResidualScale = "half"
    on_examples: Callable[[Params, jax.Array], jax.Array] | None = None
    on_batch: Callable[[Params, jax.Array, jax.Array], jax.Array] | None = None
    num_examples: int | None = None
    measures: Mapping[str, Callable[[Params], jax.Array]] = field(default_factory=dict)
    known_point: tuple[float, float] | None = None
    known_value: float | None = None
    reference: str = ""

    def __post_init__(self) -> None:
        if self.domain is not None:
            object.__setattr__(self, "domain", check_domain(self.domain))
        if self.residual_scale not in get_args(ResidualScale):
            raise ValueError(
                f"`residual_scale` must be one of {', '.join(get_args(ResidualScale))}, "
                f"got {self.residual_scale!r}"
            )
        if (self.on_examples is None and self.on_batch is None) != (self.num_examples is None):
            raise ValueError(
                f"`num_examples` must be given with `on_examples` or `on_batch` and only there, "
                f"got {self.num_examples}"
            )
        if self.num_examples is not None:
            check_count("num_examples", self.num_examples)

    @property
    def num_parameters(self) -> int:
        """How many numbers the parameters hold."""
        return sum(int(np.size(leaf)) for leaf in jax.tree.leaves(self.start))

    def replace(self, **changes: Any) -> "Objective":
        """The same objective with some fields changed."""
        return replace(self, **changes)

    def measuring(self, measure: str) -> "Objective":
        """The objective whose height is one of the measures instead of the loss.

        What is known of the loss alone goes: its formula, its minimum, its residuals, its examples.

        Args:
            measure: A name of `measures`.

        Raises:
            ValueError: There is no such measure.

        Example:
            >>> import jax.numpy as jnp
            >>> from landscape import Objective
            >>> own = Objective(jnp.sum, jnp.ones(3), measures={"largest": jnp.max})
            >>> float(own.measuring("largest").loss(own.start))
            1.0
        """
        if measure not in self.measures:
            known = ", ".join(self.measures) or "none, for there are no measures"
            raise ValueError(f"`measure` must be one of {known}, got {measure!r}")
        unknown: dict[str, Any] = dict.fromkeys(
            ("minimizers", "minimum", "residuals", "on_examples", "on_batch", "num_examples")
            + ("known_point", "known_value")
        )
        return replace(self, loss=self.measures[measure], formula="", measures={}, **unknown)


def check_domain(domain: Any, name: str = "domain") -> Domain:
    """The window as floats.

    Raises:
        ValueError: It is not two pairs of numbers, or one of them is empty, reversed or not finite.
    """
    try:
        limits = np.array(domain, dtype=float)
    except (TypeError, ValueError):
        limits = np.empty(0)
    if limits.shape != (2, 2):
        raise ValueError(f"`{name}` must be ((xmin, xmax), (ymin, ymax)), got {domain!r}")
    with np.errstate(over="ignore", invalid="ignore"):
        spans = limits[:, 1] - limits[:, 0]
    for axis, (low, high), span in zip("xy", limits, spans, strict=True):
        if not (np.isfinite(span) and span > 0):
            raise ValueError(
                f"`{name}` must run from a finite {axis} to a larger one, got {low:g} to {high:g}"
            )
    return (float(limits[0, 0]), float(limits[0, 1])), (float(limits[1, 0]), float(limits[1, 1]))


def as_program(function: Callable[..., jax.Array]) -> Partial:
    """The function as a pytree, so that it can be an argument of a compiled program.

    The leaves of a `Partial` are traced; a plain function is static, known by its identity.
    """
    return function if isinstance(function, Partial) else Partial(function)


def check_two_parameters(objective: Objective) -> None:
    """Refuse an objective that is no function of two numbers in one vector.

    Raises:
        ValueError: Saying what its parameters are.
    """
    if np.shape(objective.start) != (2,):
        raise ValueError(
            f"`objective` must have two parameters in one vector (look at others on a plane), "
            f"got {objective.num_parameters} in {jax.tree.structure(objective.start)}"
        )


def check_params(objective: Objective, params: Params, name: str = "params") -> Params:
    """The parameters as arrays of the objective's own structure, shapes and floating-point types.

    Raises:
        ValueError: The structure or a shape differs from `objective.start`, or something is no number.
    """
    return _arrays(objective, _leaves(objective, params, name), (), name)


def check_batch(objective: Objective, params: Params, name: str) -> Params:
    """As `check_params`, for several points at once: one leading axis before the objective's own.

    Raises:
        ValueError: As there; or there is no common leading axis of at least 1.
    """
    leaves = _leaves(objective, params, name)
    counts = sorted({len(leaf) if leaf.ndim else 0 for leaf in leaves})
    if len(counts) != 1 or counts == [0]:
        raise ValueError(f"`{name}` must have one leading axis of at least 1, got lengths {counts}")
    return _arrays(objective, leaves, (counts[0],), name)


def check_finite(params: Params, name: str) -> None:
    """Refuse a number that is infinite or NaN where it would only be a slip.

    Raises:
        ValueError: Naming the first such number.
    """
    for leaf in jax.tree.leaves(params):
        values = np.ravel(leaf)
        bad = values[~np.isfinite(values)]
        if bad.size:
            raise ValueError(f"`{name}` must be finite numbers, got {bad[0]}")


def check_count(name: str, count: int, least: int = 1, most: int | None = None) -> int:
    """The count as an int.

    Raises:
        ValueError: It is not a whole number from `least` to `most`.
    """
    try:
        whole = operator.index(count)
    except TypeError:
        raise ValueError(f"`{name}` must be a whole number, got {count!r}") from None
    if whole < least:
        raise ValueError(f"`{name}` must be at least {least}, got {whole}")
    if most is not None and whole > most:
        raise ValueError(f"`{name}` must be at most {most}, got {whole}")
    return whole


def floating(leaf: Any) -> jax.Array:
    """The leaf as an array of a floating-point type: its own, or the default one."""
    dtype = jnp.result_type(leaf) if hasattr(leaf, "dtype") else float
    return jnp.asarray(leaf, dtype=dtype if jnp.issubdtype(dtype, jnp.floating) else float)


def _leaves(objective: Objective, params: Params, name: str) -> list[np.ndarray]:
    """The numbers at each leaf of the objective's structure; lists will do where an array is meant."""
    wanted: Any = jax.tree.structure(objective.start)
    try:
        leaves = wanted.flatten_up_to(params)
    except (TypeError, ValueError):
        given = jax.tree.structure(params)
        raise ValueError(f"`{name}` must have the structure {wanted}, got {given}") from None
    return [_numbers(leaf, name) for leaf in leaves]


def _numbers(value: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:  # lists of unequal lengths
        array = np.asarray(None)
    if array.dtype.kind not in "fiu" and not jnp.issubdtype(array.dtype, jnp.floating):
        raise ValueError(f"`{name}` must be numbers, got {value!r}")
    return array


def _arrays(objective: Objective, leaves: list[np.ndarray], batch: tuple[int, ...], name: str) -> Params:
    references, structure = jax.tree.flatten(objective.start)
    arrays = []
    for leaf, reference in zip(leaves, references, strict=True):
        shape = (*batch, *np.shape(reference))
        if leaf.shape != shape:
            raise ValueError(f"`{name}` must have the shape {shape}, got {leaf.shape}")
        arrays.append(jnp.asarray(leaf, dtype=floating(reference).dtype))
    return jax.tree.unflatten(structure, arrays)


def flatten(params: Params) -> jax.Array:
    """All numbers of a pytree in one vector."""
    return ravel_pytree(params)[0]
