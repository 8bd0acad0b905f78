"""Tasks of distributions: one that is moved and stretched until it is another; a critic of two."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.losses import Loss
from landscape.objectives import Domain, Objective
from landscape.tasks.location_scale import SHAPES, Shape
from landscape.tasks.task import Task, check_loss

DOMAIN: Domain = ((-8.0, 8.0), (0.4, 4.0))
"""Means and scales worth looking at."""

START = (5.0, 1.0)
APART = 3.0
"""How far apart the two Gaussians of the critic are, which is their Wasserstein distance."""

BEND = 2.0
"""How far from its middle the critic bends."""

CLIP = 1.0
"""The box of the critic's slope."""


@dataclass(frozen=True)
class _Divergence:
    """A loss of two vectors of probabilities, of P and Q or the other way round."""

    function: Callable[..., jax.Array]
    shape: Shape
    reverse: bool

    def __call__(self, numbers: dict[str, Any], params: jax.Array) -> jax.Array:
        mean, scale = params[0], jnp.abs(params[1])
        if self.reverse:
            # Seen from Q, P is moved and stretched: no divergence depends on the units of x.
            mean, scale = -mean / scale, 1.0 / scale
        return self.function(*self.shape.vectors(mean, scale), **numbers)


@dataclass(frozen=True)
class _Transport:
    """A loss of two samples."""

    function: Callable[..., jax.Array]
    shape: Shape

    def __call__(self, numbers: dict[str, Any], params: jax.Array) -> jax.Array:
        standard = jnp.asarray(self.shape.sample)
        return self.function(standard, params[0] + params[1] * standard, **numbers)


@dataclass(frozen=True)
class _Critic:
    """A loss of a critic's scores."""

    function: Callable[..., jax.Array]

    def __call__(self, numbers: dict[str, Any], params: jax.Array) -> jax.Array:
        real = jnp.asarray(SHAPES["gaussian"].sample)
        return self.function(scores(params, real), scores(params, real + APART), **numbers)


def moved(loss: Loss, shape: str = "gaussian", reverse: bool = False) -> Objective:
    r"""How far Q = m + s P is from P, as a landscape over (m, s).

    P has the mean 0 and the scale 1: the standard deviation of a Gaussian, the mean distance from the
    middle of a Laplace distribution, half the width of a uniform one. The probabilities of both in the
    same cells are what a divergence is given: those of a quadrature of Gauss and Legendre for densities
    (the divergence is right to 1e-7 of 1 + its value for the Gaussian, to 1e-6 for Laplace, as long as no
    density underflows), the cells
    between the ends for uniform ones, which is exact. The Wasserstein distance is given the means of 200
    equal parts of each, which is exact but for the part in which both quantile functions cross. A
    negative s is as good as its absolute value.

    Args:
        loss: LOSSES["kl-divergence"], ["js-divergence"] or ["wasserstein"].
        shape: A name of `SHAPES`: "gaussian", "laplace" or "uniform".
        reverse: Whether Q comes first: KL(Q || P) instead of KL(P || Q).

    Returns:
        An `Objective` of (m, s), with its minimizer (0, 1) and the minimum 0. A divergence of uniform
        distributions is infinite where the first lies not within the second.

    Raises:
        ValueError: The loss is another one.
        KeyError: There is no such shape.

    Example:
        >>> from landscape import LOSSES
        >>> round(float(moved(LOSSES["kl-divergence"]).loss(np.array([2.0, 1.0]))), 6)
        2.0
        >>> float(moved(LOSSES["kl-divergence"], "uniform").loss(np.array([0.5, 1.0])))
        inf

    Reference:
        Arjovsky, Chintala, Bottou (2017), Wasserstein generative adversarial networks, example 1 and
        figure 1, doi:10.48550/arXiv.1701.07875
    """
    check_loss(loss, "kl-divergence", "js-divergence", "wasserstein")
    chosen = SHAPES[shape]
    program: Callable[..., jax.Array]
    if loss.name == "wasserstein":
        program = _Transport(loss.function, chosen)
    else:
        program = _Divergence(loss.function, chosen, reverse and loss.name == "kl-divergence")
    return Objective(
        loss=Partial(program, dict(loss.parameters)),
        start=jnp.array(START),
        name=f"{shape}-{loss.name}",
        title=loss.title,
        formula=loss.formula,
        domain=DOMAIN,
        minimizers=np.array([[0.0, 1.0]]),
        minimum=0.0,
        reference=loss.reference,
    )


def scores(params: jax.Array, x: jax.Array) -> jax.Array:
    r"""What the critic f(x) = 2 a \tanh((x - b) / 2) says, with its slope a clipped to [-1, 1].

    Its slope is nowhere above |a|, so it is one of the critics of Kantorovich and Rubinstein.

    Args:
        params: (a, b).
        x: Where, any shape.

    Returns:
        The scores.

    Example:
        >>> float(scores(jnp.array([5.0, 1.0]), 1.0)), float(scores(jnp.array([5.0, 1.0]), 1e9))
        (0.0, 2.0)
    """
    slope = jnp.clip(params[0], -CLIP, CLIP)
    return BEND * slope * jnp.tanh((x - params[1]) / BEND)


def critic(loss: Loss) -> Objective:
    r"""What a small critic of two Gaussians costs, as a landscape over its slope a and its middle b.

    Real numbers are from N(0, 1), generated ones from N(3, 1), each as the means of 200 equal parts.
    The critic is f(x) = 2 a \tanh((x - b) / 2), a clipped to [-1, 1]: beyond, the loss is flat along a.
    The loss is nowhere below -W_1 = -3.

    Args:
        loss: LOSSES["wasserstein-critic"].

    Returns:
        An `Objective` of (a, b).

    Raises:
        ValueError: The loss is another one.

    Example:
        >>> from landscape import LOSSES
        >>> bool(critic(LOSSES["wasserstein-critic"]).loss(np.array([-1.0, 1.5])) > -3.0)
        True
    """
    check_loss(loss, "wasserstein-critic")
    return Objective(
        loss=Partial(_Critic(loss.function), dict(loss.parameters)),
        start=jnp.array([0.6, -2.0]),
        name=loss.name,
        title=loss.title,
        formula=loss.formula,
        domain=((-1.5, 1.5), (-6.0, 9.0)),
        reference=loss.reference,
    )


GAUSSIANS: tuple[Task, ...] = (
    Task(
        name="two-gaussians",
        title="Two Gaussians",
        statement="A Gaussian with mean m and standard deviation s beside one with mean 0 and standard"
        " deviation 1.",
        axes=("m", "s"),
        losses=("kl-divergence", "js-divergence", "wasserstein"),
        make=moved,
    ),
    Task(
        name="critic",
        title="A critic of two Gaussians",
        statement="The critic 2a tanh((x − b)/2), its slope a clipped to [−1, 1], scores real numbers from"
        " N(0, 1) and generated ones from N(3, 1). The loss is nowhere below −3, minus their Wasserstein"
        " distance.",
        axes=("a", "b"),
        losses=("wasserstein-critic",),
        make=critic,
        reference="Arjovsky, Chintala, Bottou (2017), Wasserstein generative adversarial networks,"
        " algorithm 1, doi:10.48550/arXiv.1701.07875",
    ),
)
