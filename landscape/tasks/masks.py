r"""Tasks of overlap: a disc of some size and position beside a mask.

The picture has 32 × 32 pixels, whose coordinates run from -15.5 to 15.5. The object is a disc in the
middle. What is predicted is a soft disc of radius r that stands higher by c:
z = (r - distance from its centre) / \tau, and the probability is \sigma(z).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.losses import Loss
from landscape.objectives import Domain, Objective
from landscape.risk import supervised
from landscape.tasks.task import Task

SIDE = 32
"""Pixels along each side."""

PLACES = np.arange(SIDE) - (SIDE - 1) / 2
"""The coordinates of the pixels, from the left and from below."""

DOMAIN: Domain = ((-4.0, 12.0), (-12.0, 12.0))
"""Radii and positions worth looking at; a radius well below 0 predicts nothing."""

START = (3.0, 5.0)
RADIUS = 2.0
"""Of the object: 12 pixels of 1,024."""

SOFTNESS = 0.5
"""How many pixels the soft edge takes for the odds to fall by the factor e."""


@dataclass(frozen=True)
class _OnPixels:
    """The loss of all pixels; a program that is known by the loss's function and what it takes."""

    function: Callable[..., jax.Array]
    takes_value: bool

    def __call__(self, data: dict[str, Any], params: jax.Array) -> jax.Array:
        logits = soft_disc(params, data["softness"])
        prediction = jax.nn.sigmoid(logits) if self.takes_value else logits
        return jnp.mean(self.function(prediction, data["target"], **data["numbers"]))


def soft_disc(params: jax.Array, softness: float) -> jax.Array:
    r"""The logits of a disc with a soft edge.

    Args:
        params: (r, c), its radius and how far its centre is above the middle, in pixels.
        softness: \tau, above 0, in pixels.

    Returns:
        (r - distance) / \tau for each pixel, shape (32, 32), the lowest row first: 0 at the edge.

    Example:
        >>> logits = soft_disc(jnp.array([3.0, 0.0]), 0.5)
        >>> int((logits > 0).sum()) == int(disc(3.0).sum())
        True
    """
    # No pixel lies on the middle column, so the root is never that of 0.
    distance = jnp.sqrt(PLACES[None, :] ** 2 + (PLACES[:, None] - params[1]) ** 2)
    return (params[0] - distance) / softness


def soft_mask(point: tuple[float, float], softness: float) -> np.ndarray:
    r"""The probabilities \sigma(z) of a disc with a soft edge.

    Args:
        point: (r, c), as of `soft_disc`.
        softness: \tau, as of `soft_disc`.

    Returns:
        The probabilities, shape (32, 32), the lowest row first.

    Example:
        >>> bool((soft_mask((-9.0, 0.0), 0.5) < 1e-7).all())
        True
    """
    return np.asarray(jax.nn.sigmoid(soft_disc(jnp.array(point), softness)))


def disc(radius: float, position: float = 0.0) -> np.ndarray:
    """A disc as a mask: the pixels whose centres are no further than its radius from its centre.

    Args:
        radius: In pixels; below 0 the mask is empty.
        position: How far its centre is above the middle.

    Returns:
        Zeros and ones, shape (32, 32), the lowest row first.

    Example:
        >>> disc(2.0).sum(), disc(-1.0).sum()
        (np.float64(12.0), np.float64(0.0))
    """
    return (np.hypot(PLACES[None, :], PLACES[:, None] - position) <= radius).astype(float)


def segmented(loss: Loss, radius: float = RADIUS, softness: float = SOFTNESS) -> Objective:
    """What a soft disc costs beside the mask of an object, as a landscape over its radius and position.

    Args:
        loss: A supervised loss of a probability or of its logit: LOSSES["dice"], ["generalized-dice"],
            ["dice-cross-entropy"]; ["binary-cross-entropy"] or another one of single pixels, of which
            the mean is taken.
        radius: Of the object, in pixels, at least 1 and at most 15.
        softness: Of the edge of what is predicted, in pixels, above 0.

    Returns:
        An `Objective` of (r, c). The radius, the softness and the numbers inside the loss are arguments
        of its program.

    Raises:
        ValueError: The radius or the softness is out of range, or the loss is none of probabilities.

    Example:
        >>> from landscape import LOSSES
        >>> far, near = np.array([2.0, 9.0]), np.array([2.0, 0.0])
        >>> [round(float(segmented(LOSSES["dice"]).loss(point)), 2) for point in (far, near)]
        [1.0, 0.31]
    """
    if not 1 <= radius <= 15:
        raise ValueError(f"`radius` must be from 1 to 15 pixels, got {radius}")
    if not (np.isfinite(softness) and softness > 0):
        raise ValueError(f"`softness` must be a positive finite number, got {softness}")
    loss = supervised(loss)
    if "sigmoid" not in loss.output_units:
        raise ValueError(f"`loss` must stand behind a sigmoid, got {loss.name}")
    data = {
        "target": jnp.asarray(disc(radius)),
        "softness": float(softness),
        "numbers": dict(loss.parameters),
    }
    return Objective(
        loss=Partial(_OnPixels(loss.function, loss.takes == "value"), data),
        start=jnp.array(START),
        name=f"disc-{loss.name}",
        title=loss.title,
        formula=loss.formula,
        domain=DOMAIN,
        reference=loss.reference,
    )


def overlap(points: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    r"""How well discs cover the object, once every pixel is decided at the probability 1/2.

    IoU = |A \cap B| / |A \cup B| and Dice = 2 |A \cap B| / (|A| + |B|).

    Args:
        points: Discs (n, 2), radius and position; one with NaN predicts nothing.
        radius: Of the object, in pixels.

    Returns:
        (IoU, Dice), each of shape (n,), from 0 to 1.

    Example:
        >>> iou, dice = overlap(np.array([[2.0, 0.0], [2.0, 9.0]]), 2.0)
        >>> iou.tolist(), dice.tolist()
        ([1.0, 0.0], [1.0, 0.0])
    """
    places = np.asarray(points, dtype=float)
    wanted = disc(radius) > 0
    squared = PLACES[None, None, :] ** 2 + (PLACES[None, :, None] - places[:, 1, None, None]) ** 2
    predicted = (np.sqrt(squared) <= places[:, 0, None, None]).reshape(len(places), -1)
    common = (predicted & wanted.ravel()).sum(axis=1)
    sizes = predicted.sum(axis=1) + wanted.sum()
    return common / (sizes - common), 2 * common / sizes


MASKS: tuple[Task, ...] = (
    Task(
        name="disc",
        title="A disc in a mask",
        statement="An object of 12 pixels, a disc of radius 2, in a mask of 32 × 32. Predicted is a disc with"
        " a soft edge: r is its radius (well below 0 it predicts nothing) and c how far it is off.",
        axes=("r", "c"),
        losses=("dice", "generalized-dice", "dice-cross-entropy"),
        make=segmented,
    ),
)
