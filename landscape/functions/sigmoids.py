"""Functions made of a sigmoid or of its integral: gradients that vanish, a step that explodes."""

import jax
import jax.numpy as jnp

from landscape.functions.points import points, start_at
from landscape.objectives import Objective


def plateau(point: jax.Array) -> jax.Array:
    """(σ(y − x) − ¼)² + (σ(y + x) − ¾)²: a sigmoid unit's squared error, flat where it saturates.

    The unit σ(xt + y) is to give ¼ at t = −1 and ¾ at t = 1; x is its weight, y its bias.
    """
    x, y = point
    return (jax.nn.sigmoid(y - x) - 0.25) ** 2 + (jax.nn.sigmoid(y + x) - 0.75) ** 2


def plateau_residuals(point: jax.Array) -> jax.Array:
    """(σ(y − x) − ¼, σ(y + x) − ¾), whose squares sum to plateau."""
    x, y = point
    return jnp.stack([jax.nn.sigmoid(y - x) - 0.25, jax.nn.sigmoid(y + x) - 0.75])


def cliff(point: jax.Array) -> jax.Array:
    """y²/2 − x + log(1 + exp 50x): a floor of slope −1 that meets a wall of slope 49.

    Smooth and convex, so all that goes wrong is the step: one gradient taken on the wall throws
    the iterate far back over the floor that it had crossed in many small steps.
    """
    x, y = point
    return y**2 / 2 - x + jax.nn.softplus(50 * x)


SIGMOIDS = (
    Objective(
        name="plateau",
        title="Plateau (saturated sigmoid)",
        loss=plateau,
        residuals=plateau_residuals,
        residual_scale="sum",
        formula=r"\left( \sigma(y - x) - \tfrac{1}{4} \right)^2 "
        r"+ \left( \sigma(y + x) - \tfrac{3}{4} \right)^2",
        domain=((-6.0, 6.0), (-6.0, 6.0)),
        start=start_at(-2.0, 3.5),
        minimizers=points((1.0986122886681097, 0.0)),
        minimum=0.0,
        known_point=(0.0, 1.0986122886681097),
        known_value=0.25,
        reference="Hochreiter, S. (1998). The vanishing gradient problem during learning recurrent neural "
        "nets and problem solutions. doi:10.1142/S0218488598000094",
    ),
    Objective(
        name="cliff",
        title="Cliff",
        loss=cliff,
        formula=r"\tfrac{1}{2} y^2 - x + \log \left( 1 + e^{50 x} \right)",
        domain=((-4.0, 1.0), (-2.0, 2.0)),
        start=start_at(-1.0, 1.5),
        minimizers=points((-0.077836405962212532, 0.0)),
        minimum=0.098039113279731981,
        known_point=(0.0, 1.0),
        known_value=1.1931471805599453,
        reference="Pascanu, R., Mikolov, T. and Bengio, Y. (2013). On the difficulty of training recurrent "
        "neural networks. doi:10.48550/arXiv.1211.5063",
    ),
)
