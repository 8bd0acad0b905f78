"""Trainability: at which learning rates the training of a small network converges, over a map of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from landscape.objectives import Domain, check_count, check_domain
from landscape.parts import Progress, between, check_resolution, in_parts

MAX_RESOLUTION = 2048
"""Cells along an axis beyond which `trainability` refuses."""

MAX_WIDTH = 64
"""Inputs and hidden units at most."""

MAX_EXAMPLES = 1024
"""Examples at most."""

PART_NUMBERS = 2**12
"""Numbers in each array of a part, unless its fewest runs take more: 32 KB, what a core's cache holds."""

PART_SIZES = (16, 256)
"""Runs in a part at least and at most; powers of two."""

TAIL = 20
"""Training has converged if the loss is below its start on average over so many last steps."""

HIGHEST = 1e6
"""A loss of more than so many times its start, or that is no number, counts as this in averages."""

ULPS = 16
"""Neighbouring cells differ by at least so many of the smallest differences that float64 knows."""


class AxisKind(NamedTuple):
    """What may change along an axis of the map.

    Args:
        log: Whether the coordinate is the base-10 logarithm of the number.
        extent: The interval that is shown where nothing else is said.
    """

    log: bool
    extent: tuple[float, float]


AXES: Mapping[str, AxisKind] = MappingProxyType(
    {
        "inner_rate": AxisKind(True, (0.4, 1.9)),
        "outer_rate": AxisKind(True, (0.3, 1.8)),
        "rate": AxisKind(True, (0.2, 1.7)),
        "scale": AxisKind(True, (-1.0, 1.0)),
        "offset": AxisKind(False, (-3.0, 3.0)),
    }
)
"""What may be put on an axis: a layer's learning rate, a factor of both, or how the weights begin."""


class Activation(NamedTuple):
    """A hidden unit's function, with the factors that keep signals of order one."""

    function: Callable[[Any], Any]
    inner: float
    outer: float


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "tanh": Activation(jnp.tanh, 2**0.5, 1.0),
        "relu": Activation(jax.nn.relu, 1.0, 2**0.5),
        "identity": Activation(lambda z: z, 1.0, 1.0),
    }
)
"""φ(z) = tanh(√2 z), √2 max(z, 0) or z."""


@dataclass(frozen=True, eq=False)
class Trainability:
    """How training ends over a map of learning rates or starts, in Plotly's own order: row i is y[i].

    Attributes:
        x: The coordinate of each column, shape (nx,): a base-10 logarithm, but for "offset".
        y: The coordinate of each row, likewise, shape (ny,), or of those rows that were asked for.
        values: The final loss over the first, shape (ny, nx); infinite or NaN where training
            ended so.
        converged: Whether the loss, averaged over the last 20 steps, is below its start; (ny, nx).
        shade: How long it took, shape (ny, nx): the mean over all steps of the loss over the
            first where it converged, and of the first over the loss where it did not; small where
            that was soon decided.
        extent: ((xmin, xmax), (ymin, ymax)): the edges of the window, half a cell outside x and y.
        axes: What x and y are: two of the names of `AXES`.
    """

    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    converged: np.ndarray
    shade: np.ndarray
    extent: Domain
    axes: tuple[str, str]


def trainability(
    *,
    x: str = "inner_rate",
    y: str = "outer_rate",
    extent: Domain | None = None,
    resolution: int | tuple[int, int] = 128,
    num_steps: int = 500,
    activation: str = "tanh",
    width: int = 4,
    num_examples: int = 12,
    seed: int = 7,
    inner_rate: float = 1.0,
    outer_rate: float = 1.0,
    scale: float = 1.0,
    offset: float = 0.0,
    rows: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> Trainability:
    r"""Train a small network at every point of a map of learning rates, and see where it converges.

    The network has n inputs, n hidden units, one output and no biases, in mean-field scaling:
    f(x) = (1/n) Σₖ vₖ φ(Σᵢ Wₖᵢ xᵢ / √n) with φ(z) = tanh(√2 z), √2 max(z, 0) or z. Gradient
    descent on all examples at once minimizes L = (1/m) Σ (f(x) − t)², each layer at its own rate:
    W ← W − η₁ ∂L/∂W, v ← v − η₂ ∂L/∂v. Inputs, targets and first weights are standard normal.
    Training counts as converged if the mean of L/L₀ over the last 20 steps is below 1, where what
    exceeds 10⁶ or is no number counts as 10⁶.

    The point of column j is xmin + (j + ½)(xmax − xmin)/nx, so that a window computed in strips of
    rows, on any number of cores, gives the same numbers as at once. All is float64.

    On its way each core holds one part of the runs: a few arrays of at most max(2¹², 16 n max(n, m))
    numbers, 32 KB each as a rule and 8 MB for the largest network. A cell of the map takes 17 bytes
    besides: 71 MB at 2,048².

    Args:
        x: What changes along x: "inner_rate" (log₁₀ η₁), "outer_rate" (log₁₀ η₂), "rate" (log₁₀ of a
            factor of both), "scale" (log₁₀ of a factor of all first weights) or "offset" (added to
            the first weights of the inner layer).
        y: What changes along y: another of them.
        extent: ((xmin, xmax), (ymin, ymax)) in these coordinates, within ±100; that of `AXES` by default.
        resolution: Cells along each axis, or (nx, ny); from 2 to 2,048.
        num_steps: Steps of gradient descent, at least 1.
        activation: "tanh", "relu" or "identity".
        width: n, from 1 to 64.
        num_examples: m, from 1 to 1,024.
        seed: Of the inputs, targets and first weights, at least 0.
        inner_rate: η₁ where it is on no axis, positive; outer_rate, scale and offset likewise.
        outer_rate: η₂.
        scale: Factor of all first weights, positive.
        offset: Added to the first weights of the inner layer, after the factor.
        rows: (first, last + 1) of the rows to compute; all by default.
        progress: Called with the share done, from 0 to 1; what it raises stops the computation.

    Returns:
        The `Trainability`, (ny, nx), or of the rows asked for.

    Raises:
        ValueError: A name is unknown, a number is out of range, or the window is too small for
            float64 to tell its cells apart.

    Example:
        >>> from landscape.sweeps.trainability import trainability
        >>> found = trainability(extent=((-1.0, 1.0), (0.0, 3.0)), resolution=(2, 3), num_steps=100)
        >>> found.y.tolist()
        [0.5, 1.5, 2.5]
        >>> print(found.converged)
        [[ True  True]
         [False False]
         [False False]]

    Reference:
        Sohl-Dickstein, J. (2024). The boundary of neural network trainability is fractal.
        doi:10.48550/arXiv.2402.06184
    """
    axes = _check_axes(x, y)
    window = check_domain(tuple(AXES[name].extent for name in axes) if extent is None else extent, "extent")
    sizes = check_resolution(resolution, MAX_RESOLUTION)
    columns, all_rows = (_cells(*each) for each in zip("xy", window, sizes, strict=True))
    first, last = _check_rows(rows, sizes[1])
    num_steps = check_count("num_steps", num_steps)
    if activation not in ACTIVATIONS:
        raise ValueError(f"`activation` must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    training = _training(
        check_count("width", width, most=MAX_WIDTH),
        check_count("num_examples", num_examples, most=MAX_EXAMPLES),
        check_count("seed", seed, least=0),
    )
    numbers = {
        "inner_rate": _check_positive("inner_rate", inner_rate),
        "outer_rate": _check_positive("outer_rate", outer_rate),
        "rate": 1.0,
        "scale": _check_positive("scale", scale),
        "offset": float(offset),
    }
    if not np.isfinite(numbers["offset"]):
        raise ValueError(f"`offset` must be a finite number, got {offset}")

    grid = {
        name: 10.0**each if AXES[name].log else each
        for name, each in zip(axes, (columns, all_rows), strict=True)
    }
    count = (last - first) * columns.size
    values, shade, converged = np.empty(count), np.empty(count), np.empty(count, bool)
    # The size of a part depends on the network alone: in another size a product of matrices is
    # added up in another order, and at the border that decides.
    fitting = PART_NUMBERS // (width * max(width, num_examples))
    size = int(np.clip(1 << max(fitting, 1).bit_length() - 1, *PART_SIZES))

    def part(begin: int) -> None:
        cells = np.arange(begin, min(begin + size, count))
        filled = first * columns.size + cells[np.arange(size) % cells.size]
        chosen = {name: np.full(size, number) for name, number in numbers.items()}
        chosen[axes[0]] = grid[axes[0]][filled % columns.size]
        chosen[axes[1]] = grid[axes[1]][filled // columns.size]
        found = jax.device_get(_train(training, chosen, num_steps, activation))
        values[cells], shade[cells], converged[cells] = (each[: cells.size] for each in found)

    in_parts(part, count, size, between(progress, 0.0, 1.0))
    shape = (last - first, columns.size)
    return Trainability(
        columns,
        all_rows[first:last],
        values.reshape(shape),
        converged.reshape(shape),
        shade.reshape(shape),
        window,
        axes,
    )


class _Training(NamedTuple):
    """What all runs share: inputs (m, n), targets (m,), first weights Wᵀ (n, n) and v (n,)."""

    inputs: Any
    targets: Any
    inner: Any
    outer: Any


def _training(width: int, num_examples: int, seed: int) -> _Training:
    normal = np.random.default_rng(seed).standard_normal
    return _Training(
        normal((num_examples, width)), normal(num_examples), normal((width, width)), normal(width)
    )


@partial(jax.jit, static_argnames="activation")
def _train(training: _Training, numbers: dict[str, Any], num_steps: Any, activation: str) -> tuple[Any, ...]:
    """The last loss over the first, the shade and whether it converged, of runs along the last axis."""
    chosen, width = ACTIVATIONS[activation], len(training.outer)
    inputs = training.inputs * (chosen.inner / width**0.5)

    def losses(weights: tuple[Any, Any]) -> tuple[Any, Any]:
        inner, outer = weights
        hidden = chosen.function(jnp.tensordot(inputs, inner, 1))
        outputs = jnp.sum(hidden * outer, axis=1) * (chosen.outer / width)
        each = jnp.mean((outputs - training.targets[:, None]) ** 2, axis=0)
        return jnp.sum(each), each  # the runs share no weight: the sum's gradient is that of each

    def relative(loss: Any) -> Any:
        ratio = loss / first
        return jnp.where(ratio < HIGHEST, ratio, HIGHEST)

    def step(k: Any, carry: Any) -> Any:
        (inner, outer), total, inverse, tail = carry
        (_, loss), (inner_slope, outer_slope) = jax.value_and_grad(losses, has_aux=True)((inner, outer))
        ratio = relative(loss)
        weights = inner - inner_rate * inner_slope, outer - outer_rate * outer_slope
        return weights, total + ratio, inverse + 1 / ratio, tail + jnp.where(k > num_steps - TAIL, ratio, 0.0)

    inner_rate, outer_rate = numbers["inner_rate"] * numbers["rate"], numbers["outer_rate"] * numbers["rate"]
    weights = (
        training.inner[..., None] * numbers["scale"] + numbers["offset"],
        training.outer[..., None] * numbers["scale"],
    )
    first = losses(weights)[1]
    nothing = jnp.zeros_like(first)
    weights, total, inverse, tail = lax.fori_loop(0, num_steps, step, (weights, nothing, nothing, nothing))
    loss = losses(weights)[1]
    # The first step's own ratio, 1, is in the tail where there are fewer than 20 steps.
    counted = jnp.minimum(num_steps, TAIL)
    converged = tail - jnp.where(num_steps < TAIL, 1.0, 0.0) + relative(loss) < counted
    return loss / first, jnp.where(converged, total, inverse) / num_steps, converged


def _cells(axis: str, interval: tuple[float, float], count: int) -> np.ndarray:
    """The middles of the cells of an axis.

    Raises:
        ValueError: The interval leaves ±100, or float64 cannot tell the cells apart.
    """
    low, high = interval
    largest = max(abs(low), abs(high))
    if largest > 100:
        raise ValueError(f"`extent` must lie within -100 and 100 in {axis}, got {low:g} to {high:g}")
    # The numbers made of the coordinates are of order one at least: weights, or powers of ten.
    narrowest = count * ULPS * float(np.spacing(max(largest, 1.0)))
    if high - low < narrowest:
        raise ValueError(
            f"`extent` must be at least {narrowest:.3g} wide in {axis} for float64 to tell {count} cells "
            f"apart, got {high - low:.3g}"
        )
    return low + (np.arange(count) + 0.5) / count * (high - low)


def _check_axes(x: str, y: str) -> tuple[str, str]:
    for argument, name in (("x", x), ("y", y)):
        if name not in AXES:
            raise ValueError(f"`{argument}` must be one of {', '.join(AXES)}, got {name!r}")
    if x == y:
        raise ValueError(f"`y` must be another than `x`, got {y!r} for both")
    return x, y


def _check_rows(rows: tuple[int, int] | None, count: int) -> tuple[int, int]:
    first, last = (0, count) if rows is None else rows
    if not 0 <= first < last <= count:
        raise ValueError(f"`rows` must be (first, last + 1) within 0 and {count}, got {rows}")
    return first, last


def _check_positive(name: str, value: float) -> float:
    if not 0 < value < np.inf:
        raise ValueError(f"`{name}` must be a positive number, got {value}")
    return float(value)
