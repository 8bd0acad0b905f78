"""Chains: sigmoid units one behind another, and the factors of which their gradient is made."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.tree_util import Partial

from landscape.losses import Loss, SupervisedLoss
from landscape.objectives import Objective, check_count

MAX_DEPTH = 10
"""Units of a chain at most: one compiled program serves every depth up to it."""

Unit = Literal["first", "last", "all"]
"""Which unit learns: the first, the last, or all of them with one weight and one bias for all."""

Activation = Literal["sigmoid", "tanh", "relu"]
"""What the units before the last one make of z; the last one is a sigmoid, so that y is a probability."""

INPUT, TARGET = 1.0, 0.0
"""The one example: x and t."""

START = (2.0, 2.0)
"""Where Nielsen (2015) starts his badly wrong unit: its output is 0.98, and 0 is wanted."""

DOMAIN = ((-6.0, 6.0), (-4.0, 4.0))

LOWEST = -700.0
"""A logit whose probability is just above the smallest number of a computer."""

LEFT = 0.1
"""The share of the error that may be left when a unit is said to have learned."""


@dataclass(frozen=True)
class Chain:
    r"""A chain of units, y = \sigma(z_D), with z_1 = w_1 x + b_1 and z_k = w_k \phi(z_{k-1}) + b_k.

    Two numbers learn, w and b: those of the first unit, of the last one, or, shared, of all. The other
    units stand fixed at the weight v, and at the bias at which a unit is steepest where its input is in
    the middle: -v/2 behind sigmoids, whose middle is 1/2, and 0 behind tanh and relu.

    Args:
        depth: D, how many units there are, from 1 to 10.
        unit: Which unit learns.
        activation: \phi; with one unit it plays no part.
        weight: v, of the units that do not learn, a positive finite number.

    Raises:
        ValueError: An argument is outside its range.

    Example:
        >>> from landscape.tasks.chains import Chain
        >>> Chain(depth=3).bias
        -0.5
    """

    depth: int = 1
    unit: Unit = "first"
    activation: Activation = "sigmoid"
    weight: float = 1.0

    def __post_init__(self) -> None:
        check_count("depth", self.depth, most=MAX_DEPTH)
        for name, value, known in (
            ("unit", self.unit, get_args(Unit)),
            ("activation", self.activation, get_args(Activation)),
        ):
            if value not in known:
                raise ValueError(f"`{name}` must be one of {', '.join(known)}, got {value!r}")
        if not 0.0 < self.weight < float("inf"):
            raise ValueError(f"`weight` must be a positive finite number, got {self.weight}")

    @property
    def bias(self) -> float:
        """The bias of the units that do not learn."""
        return -self.weight / 2 if self.activation == "sigmoid" else 0.0

    @property
    def largest_link(self) -> float:
        r"""What a fixed unit lets through of a gradient at most: v \max \phi', so v/4 for sigmoids."""
        return self.weight * (0.25 if self.activation == "sigmoid" else 1.0)

    @property
    def numbers(self) -> dict[str, Any]:
        """The chain as numbers, which compiled programs trace."""
        places = np.arange(1, MAX_DEPTH + 1)
        free = {"first": places == 1, "last": places == self.depth, "all": places <= self.depth}
        return {
            "depth": self.depth,
            "free": free[self.unit],
            "activation": get_args(Activation).index(self.activation),
            "weight": float(self.weight),
            "bias": self.bias,
            "input": INPUT,
            "target": TARGET,
        }


class Factors(NamedTuple):
    r"""What a gradient is made of: \nabla L = \frac{\partial L}{\partial y} \sigma'(z_D) \nabla z_D.

    Attributes:
        output: y, shape (...).
        loss: L, shape (...).
        loss_slope: \partial L / \partial y, shape (...).
        output_slope: \sigma'(z_D), shape (...); at most 1/4.
        pull: \partial L / \partial z_D, the product of the two, shape (...): y - t for cross-entropy.
        chain_gradient: \nabla z_D, the derivatives by w and b of what the last unit is fed, (..., 2).
        gradient: \nabla L, shape (..., 2).
    """

    output: np.ndarray
    loss: np.ndarray
    loss_slope: np.ndarray
    output_slope: np.ndarray
    pull: np.ndarray
    chain_gradient: np.ndarray
    gradient: np.ndarray


@dataclass(frozen=True)
class ChainProgram:
    """What a compiled program of a chain depends on: the loss; all else are its arguments."""

    function: Callable[..., jax.Array]
    takes_value: bool

    def __call__(self, numbers: dict[str, Any], inner: dict[str, Any], point: jax.Array) -> jax.Array:
        """The loss at (w, b)."""
        return self.at(numbers, inner, fed(numbers, point))

    def at(self, numbers: dict[str, Any], inner: dict[str, Any], z: jax.Array) -> jax.Array:
        """The loss, given what the last unit is fed."""
        return self.function(jax.nn.sigmoid(z) if self.takes_value else z, numbers["target"], **inner)

    def slope(self, numbers: dict[str, Any], inner: dict[str, Any], z: jax.Array) -> jax.Array:
        """The derivative by the output y."""
        if self.takes_value:
            return jax.grad(self.function)(jax.nn.sigmoid(z), numbers["target"], **inner)
        # Further down both slopes are 0 to a computer, while their ratio has long had its limit.
        z = jnp.maximum(z, LOWEST)
        return jax.grad(lambda z: self.at(numbers, inner, z))(z) / jax.grad(jax.nn.sigmoid)(z)


def fed(numbers: dict[str, Any], point: jax.Array) -> jax.Array:
    """What the last unit of a chain is fed, z_D, at (w, b)."""
    w, b = point

    # Units beyond the depth are computed and left out: so the depth is a number like the others.
    def unit(carry: tuple[jax.Array, jax.Array], each: tuple[Any, Any]) -> tuple[Any, None]:
        signal, last = carry
        place, free = each
        z = jnp.where(free, w, numbers["weight"]) * signal + jnp.where(free, b, numbers["bias"])
        handed_on = jnp.where(place < numbers["depth"], _activated(numbers["activation"], z), signal)
        return (handed_on, jnp.where(place == numbers["depth"], z, last)), None

    signal = jnp.asarray(numbers["input"], float)
    places = jnp.arange(1, MAX_DEPTH + 1)
    return lax.scan(unit, (signal, jnp.zeros_like(signal)), (places, numbers["free"]))[0][1]


def chain_landscape(chain: Chain, loss: Loss) -> Objective:
    r"""The loss of a chain of units on the one example x = 1, t = 0, over the (w, b) that learn.

    Args:
        chain: The chain.
        loss: From `LOSSES`, a supervised one that stands behind a sigmoid unit.

    Returns:
        An `Objective` of an array of shape (2,), with a domain and a start that is wrong by a lot. It
        has no minimizer: the loss falls for ever as the units saturate the right way.

    Raises:
        ValueError: The loss does not fit a sigmoid unit.

    Example:
        >>> import jax
        >>> from landscape import LOSSES
        >>> from landscape.tasks.chains import Chain, chain_landscape
        >>> unit = chain_landscape(Chain(), LOSSES["binary-cross-entropy"])
        >>> jax.grad(unit.loss)(unit.start).tolist()  # y - t, twice
        [0.982, 0.982]

    Reference:
        Nielsen, M. (2015). Neural networks and deep learning, chapters 3 and 5.
        http://neuralnetworksanddeeplearning.com/chap3.html
    """
    program, inner = _program(loss)
    return Objective(
        loss=Partial(program.func, chain.numbers, inner),
        start=jnp.asarray(START),
        name=f"chain-{chain.depth}-{chain.unit}-{loss.name}",
        title=f"{chain.depth} · {loss.title}",
        domain=DOMAIN,
        reference="Hochreiter, S. (1998). The vanishing gradient problem during learning recurrent neural "
        "nets and problem solutions. doi:10.1142/S0218488598000094",
    )


def chain_factors(chain: Chain, loss: Loss, points: Any) -> Factors:
    r"""The factors of a chain's gradient, by automatic differentiation, at one point or at many.

    Args:
        chain: The chain.
        loss: As for `chain_landscape`.
        points: (w, b), shape (2,) or (n, 2).

    Returns:
        The `Factors`, without an axis or with one of n.

    Raises:
        ValueError: The points have another shape, or the loss does not fit.

    Example:
        >>> from landscape import LOSSES
        >>> from landscape.tasks.chains import Chain, chain_factors
        >>> squared = chain_factors(Chain(), LOSSES["mse"], [2.0, 2.0])
        >>> float(squared.loss_slope), float(squared.output_slope), float(squared.pull)
        (1.964, 0.01766, 0.03469)
    """
    rows = _points(points)
    program, inner = _program(loss)
    found = _factors(program, chain.numbers, inner, np.atleast_2d(rows))
    return Factors(*(np.asarray(part) if rows.ndim == 2 else np.asarray(part)[0] for part in found))


def gradient_norms(chain: Chain, loss: Loss, point: Any) -> np.ndarray:
    r"""The length of the gradient by (w, b) for every depth, all else the same.

    With cross-entropy and the first of sigmoid units learning,
    \|\nabla L\| \le |y - t| (v/4)^{D-1} \|(x, 1)\|; a squared error has the factor 2 \sigma'(z_D) \le 1/2
    besides.

    Args:
        chain: The chain; its depth does not matter.
        loss: As for `chain_landscape`.
        point: (w, b), shape (2,).

    Returns:
        Shape (10,), for the depths 1 to 10.

    Raises:
        ValueError: The point has another shape, or the loss does not fit.

    Example:
        >>> import numpy as np
        >>> from landscape import LOSSES
        >>> from landscape.tasks.chains import Chain, gradient_norms
        >>> norms = gradient_norms(Chain(), LOSSES["binary-cross-entropy"], [2.0, 2.0])
        >>> bool((norms <= 2**0.5 * 0.25 ** np.arange(10)).all())
        True
    """
    if np.shape(point) != (2,):
        raise ValueError(f"`point` must have the shape (2,), got {np.shape(point)}")
    program, inner = _program(loss)
    each = [replace(chain, depth=depth).numbers for depth in range(1, MAX_DEPTH + 1)]
    stacked = jax.tree.map(lambda *leaves: np.stack(leaves), *each)
    return np.asarray(_norms(program, stacked, inner, _points(point)))


def reach(chain: Chain) -> tuple[float, float]:
    """The least and the largest output that the learning unit can bring about, both in the limit.

    The first unit can hand on no more than the range of its activation, and each fixed unit narrows it.

    Args:
        chain: The chain.

    Returns:
        (low, high), within 0 and 1.

    Example:
        >>> from landscape.tasks.chains import Chain, reach
        >>> reach(Chain()), reach(Chain(depth=2))
        ((0.0, 1.0), (0.378, 0.622))
    """
    low, high = _outputs(chain.numbers, np.array([[1.0, -np.inf], [1.0, np.inf]]))
    return float(low), float(high)


def good_enough(chain: Chain, first: float) -> float:
    """The error |y - t| at which a unit has learned: a tenth is left of what it can take away of the first.

    Args:
        chain: The chain.
        first: |y - t| at the start.

    Returns:
        The error; what the learning unit cannot take away (see `reach`) is part of it.

    Example:
        >>> from landscape.tasks.chains import Chain, good_enough
        >>> good_enough(Chain(), 0.98), good_enough(Chain(depth=2), 0.62)
        (0.098, 0.402)
    """
    low, high = reach(chain)
    best = abs(min(max(TARGET, low), high) - TARGET)
    return best + LEFT * (first - best)


def steps_to_learn(chain: Chain, points: Any) -> int | None:
    """Steps until the error |y - t|, which is the same for every loss, is `good_enough`.

    Args:
        chain: The chain.
        points: The iterates, row 0 the start, shape (n, 2).

    Returns:
        The first row that is good enough, or None.

    Raises:
        ValueError: The points have another shape.

    Example:
        >>> from landscape.tasks.chains import Chain, steps_to_learn
        >>> steps_to_learn(Chain(), [[2.0, 2.0], [0.0, 0.0], [-2.0, -2.0]])
        2
    """
    rows = _points(points)
    if rows.ndim != 2:
        raise ValueError(f"`points` must have the shape (n, 2), got {rows.shape}")
    errors = np.abs(np.asarray(_outputs(chain.numbers, rows)) - TARGET)
    learned = errors <= good_enough(chain, float(errors[0]))
    return int(np.argmax(learned)) if learned.any() else None


def _activated(activation: Any, z: jax.Array) -> jax.Array:
    relu = jnp.where(activation == 2, jax.nn.relu(z), jnp.tanh(z))
    return jnp.where(activation == 0, jax.nn.sigmoid(z), relu)


def _program(loss: Loss) -> tuple[Partial, dict[str, float]]:
    if not (isinstance(loss, SupervisedLoss) and "sigmoid" in loss.output_units):
        raise ValueError(f"`loss` must stand behind a sigmoid unit, got {loss.name}")
    return Partial(ChainProgram(loss.function, loss.takes == "value")), dict(loss.parameters)


def _points(points: Any) -> np.ndarray:
    rows = np.asarray(points, dtype=float)
    if rows.ndim not in (1, 2) or rows.shape[-1] != 2 or rows.size == 0:
        raise ValueError(f"`points` must have the shape (2,) or (n, 2), got {rows.shape}")
    return rows


@jax.jit
def _outputs(numbers: dict[str, Any], points: jax.Array) -> jax.Array:
    return jax.vmap(lambda point: jax.nn.sigmoid(fed(numbers, point)))(points)


@jax.jit
def _factors(program: Partial, numbers: Any, inner: Any, points: jax.Array) -> tuple[jax.Array, ...]:
    loss: Any = program.func

    def at(point: jax.Array) -> tuple[jax.Array, ...]:
        z, chain_gradient = jax.value_and_grad(lambda point: fed(numbers, point))(point)
        value, pull = jax.value_and_grad(lambda z: loss.at(numbers, inner, z))(z)
        return (
            jax.nn.sigmoid(z),
            value,
            loss.slope(numbers, inner, z),
            jax.grad(jax.nn.sigmoid)(z),
            pull,
            chain_gradient,
            jax.grad(lambda point: loss(numbers, inner, point))(point),
        )

    return jax.vmap(at)(points)


@jax.jit
def _norms(program: Partial, numbers: Any, inner: Any, point: jax.Array) -> jax.Array:
    loss: Any = program.func

    def at(numbers: Any) -> jax.Array:
        return jnp.linalg.norm(jax.grad(lambda point: loss(numbers, inner, point))(point))

    return jax.vmap(at)(numbers)
