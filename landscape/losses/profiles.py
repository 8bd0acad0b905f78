"""Profiles: a loss and its slope along one number, a residual, a margin or a probability."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.losses.loss import Loss
from landscape.losses.supervised import EACH, SupervisedLoss

Abscissa = Literal["residual", "margin", "probability"]
"""What a loss can be drawn against; see `profile`."""

COUNT = 3.0
"""The count that is observed where the predicted number is a rate."""

BLOCK = 512
"""Places are computed in blocks of as many, so that one program serves every number of them."""

RARE = 10
"""Of as many examples one is of the right class, where a loss looks at the others, too."""

JUMPS = {"residual": (0.0,), "margin": (0.0, 1.0), "probability": (0.5,)}
"""Where losses or their slopes jump."""

EVENLY = 481
"""Evenly spaced places of a profile, the middle one among them."""

BESIDE = 1e-9
"""How far beside a jump a loss is looked at, so that a jump is seen upright."""

NEAR = np.append([1e-30, 1e-15], np.geomspace(1e-8, 1e-3, 11))
"""Probabilities that are looked at near both ends, where losses shoot up."""

Pair = tuple[jax.Array, jax.Array]
"""A prediction and a target."""

Place = Callable[[jax.Array], tuple[jax.Array, ...]]
"""How one number is put into a loss."""


@dataclass(frozen=True)
class Profile:
    """A loss along one number.

    Args:
        x: Where, (n,).
        values: The loss there, (n,); infinity is a value, NaN says that there is none.
        slopes: Its derivative with respect to x, (n,).
    """

    x: NDArray[np.float64]
    values: NDArray[np.float64]
    slopes: NDArray[np.float64]


def _error(x: jax.Array) -> Pair:
    return x, jnp.zeros(())


def _first_of_three(x: jax.Array) -> Pair:
    return jnp.array([1.0, 0.0, 0.0]) * x, jnp.zeros(3)


def _mean(x: jax.Array) -> Pair:
    return jnp.stack([x, jnp.ones(())]), jnp.zeros(())


def _log_rate(x: jax.Array) -> Pair:
    return jnp.log(COUNT + x), jnp.full((), COUNT)


def _score(x: jax.Array) -> Pair:
    return x, jnp.ones(())


def _ahead(x: jax.Array) -> tuple[jax.Array, ...]:
    return x, jnp.zeros(()), jnp.ones(())


def _two_scores(x: jax.Array) -> Pair:
    return jnp.stack([jnp.zeros(()), x]), jnp.ones(())


def _squashed(x: jax.Array) -> Pair:
    return jax.nn.sigmoid(x), jnp.ones(())


def _two_squashed(x: jax.Array) -> Pair:
    return _two_chances(jax.nn.sigmoid(x))


def _two_chances(x: jax.Array) -> Pair:
    return jnp.stack([1.0 - x, x]), jnp.array([0.0, 1.0])


def _log_odds(x: jax.Array) -> Pair:
    return jnp.log(x) - jnp.log1p(-x), jnp.ones(())


def _two_log_chances(x: jax.Array) -> Pair:
    return jnp.stack([jnp.log1p(-x), jnp.log(x)]), jnp.ones(())


def _rare_score(x: jax.Array) -> Pair:
    return jnp.zeros(RARE).at[0].set(x), jnp.zeros(RARE).at[0].set(1.0)


def _rare_log_odds(x: jax.Array) -> Pair:
    return _rare_score(_log_odds(x)[0])


RESIDUALS: Mapping[str, Place] = {"gaussian": _mean, "exponential": _log_rate}
"""How residuals are placed by the output units that are not the identity."""

CLASSES_APART: Mapping[str, Mapping[str, Place]] = {
    "margin": {"logit": _score, "logits": _two_scores, "value": _squashed, "values": _two_squashed},
    "probability": {"logit": _log_odds, "logits": _two_log_chances, "value": _score, "values": _two_chances},
}
"""How the right one of two classes is placed by what the loss is given: one number, or one for each class."""

ALONE = ("hinge", "squared-hinge")
"""Losses of scores that are no one's probabilities."""

PROPER = ("mse",)
"""Losses of numbers that are least, on average, where the predicted probability is the true one."""

AMONG: Mapping[str, Mapping[str, Place]] = {
    "balanced-cross-entropy": {"margin": _rare_score, "probability": _rare_log_odds}
}
"""Losses that look at the other examples, too: here one is of the right class, all others of the other."""


COMPARED: Mapping[str, Mapping[str, Place]] = {"pairwise-ranking": {"margin": _ahead}}
"""Losses of two things, of which the first should be ahead."""


def _place(loss: Loss, over: Abscissa) -> Place | None:
    """How a loss is put on an abscissa; None where it has no place there."""
    if loss.name in COMPARED:
        return COMPARED[loss.name].get(over)
    if not isinstance(loss, SupervisedLoss) or loss.family not in ("regression", "classification"):
        return None
    one = EACH[0] in loss.shapes
    if over == "residual":
        if loss.family != "regression":
            return None
        return RESIDUALS.get(loss.output_unit, _error if one else _first_of_three)
    if loss.name in AMONG:
        return AMONG[loss.name][over]
    if loss.family == "regression" and loss.name not in PROPER:
        return None
    if over == "probability" and loss.name in ALONE:
        return None
    given = "logit" if loss.takes == "logits" else "value"
    return CLASSES_APART[over][given if one else given + "s"]


def has_profile(loss: Loss, over: Abscissa) -> bool:
    """Whether a loss can be drawn against a residual, a margin or a probability.

    Example:
        >>> from landscape import LOSSES
        >>> has_profile(LOSSES["huber"], "residual"), has_profile(LOSSES["cross-entropy"], "residual")
        (True, False)
    """
    return _place(loss, over) is not None


def profile(loss: Loss, over: Abscissa, x: ArrayLike) -> Profile:
    r"""A loss and its derivative along one number, everything else standing still.

    - residual: L(y = t + x, t), at t = 0; a rate is seen against the count `COUNT`, a predicted Gaussian
      with variance 1, and of several residuals only the first is not 0;
    - margin: x is the score of the right one of two classes, or of what should rank higher, above that of
      the other; a loss of values is given \sigma(x);
    - probability: x is that of the right one of two classes.

    Where the other examples count, the right class has 1 of `RARE`.

    The derivative is JAX's. Where the loss is infinite, the derivative is the limit: infinite, with the
    sign that it has right beside; at the ends of the probabilities it is that of the last number before.

    Args:
        loss: From `LOSSES`, with any numbers inside; they compile nothing.
        over: What x is.
        x: Finite numbers, (n,); probabilities from 0 to 1.

    Returns:
        A `Profile`.

    Raises:
        ValueError: The loss has no profile there, or x is not as said.

    Example:
        >>> from landscape import LOSSES
        >>> found = profile(LOSSES["binary-cross-entropy"], "probability", [0.0, 0.5, 1.0])
        >>> found.values.round(4).tolist(), found.slopes.round(4).tolist()
        ([inf, 0.6931, 0.0], [-inf, -2.0, -1.0])
    """
    if over not in get_args(Abscissa):
        raise ValueError(f"`over` must be one of {', '.join(get_args(Abscissa))}, got {over!r}")
    places = np.atleast_1d(np.asarray(x, np.float64))
    if places.ndim != 1 or places.size == 0 or not np.isfinite(places).all():
        raise ValueError(f"`x` must be finite numbers, at least 1, got {x!r}")
    if over == "probability" and not ((places >= 0) & (places <= 1)).all():
        raise ValueError(f"`x` must be probabilities, from 0 to 1, got {places.min():g} to {places.max():g}")
    place = _place(loss, over)
    if place is None:
        raise ValueError(f"`loss` must have a profile over the {over}, got {loss.name}")
    padded = np.resize(places, (-(-places.size // BLOCK), BLOCK))
    values, slopes = _profile(loss, place, padded)
    if over == "probability":
        inner = np.clip(padded, np.nextafter(0.0, 1.0), np.nextafter(1.0, 0.0))
        slopes = _profile(loss, place, inner)[1]
    slopes = np.where(np.isinf(values), np.copysign(np.inf, slopes), slopes)
    return Profile(places, values.ravel()[: places.size], slopes.ravel()[: places.size])


def _profile(loss: Loss, place: Place, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    whole = isinstance(loss, SupervisedLoss) and loss.targets == "labels"
    found = [_along(loss.function, place, whole, loss.parameters, block) for block in x]
    return np.array([each[0] for each in found]), np.array([each[1] for each in found])


@partial(jax.jit, static_argnums=(0, 1, 2))
def _along(
    function: Callable[..., jax.Array], place: Place, whole: bool, numbers: Mapping[str, Any], x: jax.Array
) -> Pair:
    def one(number: jax.Array) -> jax.Array:
        *given, last = place(number)
        return jnp.ravel(function(*given, last.astype(int if whole else float), **numbers))[0]

    return jax.vmap(jax.value_and_grad(one))(x)


def abscissae(over: Abscissa, low: float, high: float) -> NDArray[np.float64]:
    """Places at which a profile is seen whole: evenly spaced, on both sides of jumps, close to certainty.

    Args:
        over: What they are.
        low: The first of them, finite.
        high: The last of them, above `low`, finite; both from 0 to 1 if they are probabilities.

    Returns:
        Some 500 increasing numbers, (n,).

    Raises:
        ValueError: The ends are not as said.

    Example:
        >>> places = abscissae("probability", 0.0, 1.0)
        >>> float(places[0]), float(places[1]), float(places[-1])
        (0.0, 1e-30, 1.0)
    """
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"`low` must be below `high`, both finite, got {low} and {high}")
    if over == "probability" and not (low >= 0 and high <= 1):
        raise ValueError(f"`low` and `high` must be probabilities, from 0 to 1, got {low} and {high}")
    jumps = np.array(JUMPS[over])
    more = [NEAR, 1.0 - NEAR] if over == "probability" else []
    places = np.concatenate([np.linspace(low, high, EVENLY), jumps - BESIDE, jumps + BESIDE, *more])
    return np.unique(places[(places >= low) & (places <= high)])


def zero_one(over: Abscissa, x: ArrayLike) -> NDArray[np.float64]:
    """The 0–1 loss, which has no slope to descend: 1 where the right class is not ahead, else 0.

    Args:
        over: "margin" or "probability".
        x: Finite numbers, (n,).

    Returns:
        Zeros and ones, (n,).

    Raises:
        ValueError: A residual is neither right nor wrong.

    Example:
        >>> zero_one("margin", [-1.0, 0.0, 2.0]).tolist()
        [1.0, 1.0, 0.0]
    """
    if over not in ("margin", "probability"):
        raise ValueError(f"`over` must be margin or probability, got {over!r}")
    even = 0.0 if over == "margin" else 0.5
    return np.where(np.asarray(x, np.float64) > even, 0.0, 1.0)
