"""Losses of numbers: mse, mae, huber."""

import jax
import jax.numpy as jnp
import optax

from landscape.losses.loss import POSITIVE, LossParameter, absolute
from landscape.losses.supervised import SupervisedLoss


def squared_error(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """(y - t)^2."""
    return optax.losses.squared_error(prediction, target)


def absolute_error(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """|y - t|, whose derivative at its corner is taken as 0."""
    return absolute(prediction - target)


def huber_error(prediction: jax.Array, target: jax.Array, *, delta: float) -> jax.Array:
    """Half the square of y - t up to delta, the tangent line beyond."""
    return optax.losses.huber_loss(prediction, target, delta=delta)


def rounded_absolute_error(prediction: jax.Array, target: jax.Array, width: jax.Array) -> jax.Array:
    """sqrt((y - t)^2 + width^2): at most the width above the absolute error."""
    return jnp.sqrt((prediction - target) ** 2 + width**2)


def rounded_huber_error(
    prediction: jax.Array, target: jax.Array, width: jax.Array, *, delta: float
) -> jax.Array:
    """Huber's loss whose square ends no earlier than at the width, with the slope delta beyond."""
    end = jnp.maximum(delta, width)
    return delta / end * optax.losses.huber_loss(prediction, target, delta=end)


REGRESSION = (
    SupervisedLoss(
        name="mse",
        title="Squared error",
        family="regression",
        formula=r"(y - t)^2",
        function=squared_error,
        takes="value",
        output_units=("identity", "sigmoid"),
        likelihood="Gaussian with fixed variance",
        use="Noise is Gaussian and every example can be trusted.",
        reference="Legendre (1805), Nouvelles méthodes pour la détermination des orbites des comètes",
    ),
    SupervisedLoss(
        name="mae",
        title="Absolute error",
        family="regression",
        formula=r"|y - t|",
        function=absolute_error,
        takes="value",
        output_units=("identity", "sigmoid"),
        likelihood="Laplace with fixed scale",
        rounded=rounded_absolute_error,
        use="A few examples may be far off and should count no more than their distance.",
        reference="Laplace (1774), Mémoire sur la probabilité des causes par les évènements",
    ),
    SupervisedLoss(
        name="huber",
        title="Huber",
        family="regression",
        formula=r"\begin{cases} \tfrac12 (y - t)^2 & |y - t| \le \delta \\"
        r" \delta\,(|y - t| - \tfrac12 \delta) & |y - t| > \delta \end{cases}",
        function=huber_error,
        takes="value",
        output_units=("identity", "sigmoid"),
        likelihood="Gaussian in the middle with Laplace tails",
        rounded=rounded_huber_error,
        use="Mostly Gaussian noise with a few outliers; smooth at the bottom, linear far out.",
        reference="Huber (1964), Robust estimation of a location parameter, doi:10.1214/aoms/1177703732",
        inner=(LossParameter("delta", 1.0, 0.01, 10.0, "log", "δ, where the square ends", POSITIVE),),
    ),
)
