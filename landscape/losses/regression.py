"""Losses of numbers: errors of one number, of several together, and of a whole distribution."""

import math

import jax
import jax.numpy as jnp
import optax

from landscape.losses.checks import count, variances
from landscape.losses.loss import INNER_SHARE, NOT_NEGATIVE, POSITIVE, LossParameter, absolute
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


def log_cosh_error(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """The logarithm of cosh(y - t), which never forms the cosh itself."""
    return optax.losses.log_cosh(prediction, target)


def quantile_error(prediction: jax.Array, target: jax.Array, *, tau: float) -> jax.Array:
    """With r = t - y, tau r for r > 0 and (tau - 1) r for r < 0; the slope at the corner is taken as 0."""
    above = target - prediction
    return above * jnp.where(above > 0, tau, jnp.where(above < 0, tau - 1.0, 0.0))


def weighted_squares(
    prediction: jax.Array, target: jax.Array, *, centre: float, size: float, overlap: float
) -> jax.Array:
    """The squared errors of the three numbers of a box, each times its weight, added up."""
    weights = jnp.stack([jnp.asarray(weight, prediction.dtype) for weight in (centre, size, overlap)])
    # What counts nothing counts nothing where it is infinite, too.
    errors = jnp.where(weights == 0, 0.0, prediction - target)
    return jnp.sum(weights * errors**2, axis=-1)


def gaussian_surprise(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """-log of the Gaussian density at t, whose mean and variance are predicted."""
    mean, variance = prediction[..., 0], prediction[..., 1]
    error = target - mean
    # Without variance all the mass stands at the mean: there the density is infinite, elsewhere 0.
    point = variance == 0
    surprise = 0.5 * jnp.log(2.0 * math.pi * jnp.where(point, 1.0, variance))
    surprise += error**2 / (2.0 * jnp.where(point, 1.0, variance))
    return jnp.where(point & ~jnp.isnan(error), jnp.where(error == 0, -jnp.inf, jnp.inf), surprise)


def poisson_surprise(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """-log of the Poisson probability of the count t, given the logarithm z of its rate."""
    # e^z outgrows t z: at z = ∞ no count is left possible. No count at the rate 0 is certain.
    steady = jnp.where((target == 0) | (prediction == jnp.inf), 0.0, prediction)
    return jnp.exp(prediction) - target * steady + jax.scipy.special.gammaln(target + 1.0)


def rounded_absolute_error(prediction: jax.Array, target: jax.Array, width: jax.Array) -> jax.Array:
    """sqrt((y - t)^2 + width^2): at most the width above the absolute error."""
    return jnp.sqrt((prediction - target) ** 2 + width**2)


def rounded_huber_error(
    prediction: jax.Array, target: jax.Array, width: jax.Array, *, delta: float
) -> jax.Array:
    """Huber's loss whose square ends no earlier than at the width, with the slope delta beyond."""
    end = jnp.maximum(delta, width)
    return delta / end * optax.losses.huber_loss(prediction, target, delta=end)


def rounded_quantile_error(
    prediction: jax.Array, target: jax.Array, width: jax.Array, *, tau: float
) -> jax.Array:
    """The quantile loss with |r| / 2 rounded: at most half the width above it."""
    above = target - prediction
    return 0.5 * jnp.sqrt(above**2 + width**2) + (tau - 0.5) * above


def _weight(name: str, default: float, symbol: str, what: str) -> LossParameter:
    return LossParameter(
        name, default, 0.0, 10.0, "linear", f"{symbol}, the weight of the {what}", NOT_NEGATIVE
    )


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
    SupervisedLoss(
        name="log-cosh",
        title="Log-cosh",
        family="regression",
        formula=r"\log \cosh (y - t)",
        function=log_cosh_error,
        takes="value",
        output_units=("identity",),
        likelihood="hyperbolic secant with fixed scale",
        use="As Huber's, with all its derivatives and without a number to choose.",
        reference="Green (1990), Bayesian reconstructions from emission tomography data using a modified EM"
        " algorithm, doi:10.1109/42.52985",
    ),
    SupervisedLoss(
        name="quantile",
        title="Quantile (pinball)",
        family="regression",
        formula=r"\max\bigl(\tau\,(t - y),\ (\tau - 1)\,(t - y)\bigr)",
        function=quantile_error,
        takes="value",
        output_units=("identity",),
        likelihood="asymmetric Laplace with fixed scale",
        rounded=rounded_quantile_error,
        use="Too low and too high cost differently, or a share of the targets is to stay below the fit.",
        reference="Koenker, Bassett (1978), Regression quantiles, doi:10.2307/1913643",
        inner=(
            LossParameter(
                "tau", 0.5, 0.05, 0.95, "linear", "τ, the share of targets below the fit", INNER_SHARE
            ),
        ),
    ),
    SupervisedLoss(
        name="weighted-least-squares",
        title="Weighted least squares (a box)",
        family="regression",
        formula=r"\lambda_1 (y_1 - t_1)^2 + \lambda_2 (y_2 - t_2)^2 + \lambda_3 (y_3 - t_3)^2",
        function=weighted_squares,
        shapes=(("... 3", "... 3"),),
        takes="value",
        output_units=("identity",),
        likelihood="independent Gaussians with variances 1 / (2 λ)",
        use="A detector's box, whose centre, size and overlap matter differently or have different units.",
        reference="Redmon et al. (2016), You only look once: unified, real-time object detection, eq. 3,"
        " doi:10.1109/CVPR.2016.91",
        inner=(
            _weight("centre", 5.0, "λ₁", "centre"),
            _weight("size", 5.0, "λ₂", "size"),
            _weight("overlap", 1.0, "λ₃", "overlap"),
        ),
    ),
    SupervisedLoss(
        name="gaussian-nll",
        title="Gaussian with its variance",
        family="regression",
        formula=r"\tfrac12 \log (2 \pi \sigma^2) + \frac{(t - \mu)^2}{2 \sigma^2}",
        function=gaussian_surprise,
        shapes=(("... 2", "..."),),
        checks=(variances,),
        takes="value",
        output_units=("gaussian",),
        convex=False,
        likelihood="Gaussian",
        use="The noise is not the same everywhere, and the model is to say how sure it is.",
        reference="Nix, Weigend (1994), Estimating the mean and variance of the target probability"
        " distribution, doi:10.1109/ICNN.1994.374138",
    ),
    SupervisedLoss(
        name="poisson-nll",
        title="Poisson",
        family="regression",
        formula=r"e^z - t z + \log t!",
        function=poisson_surprise,
        checks=(count("target"),),
        takes="logits",
        output_units=("exponential",),
        likelihood="Poisson",
        use="Targets are counts: how many in an hour, on a page, in a cell.",
        reference="Nelder, Wedderburn (1972), Generalized linear models, doi:10.2307/2344614",
    ),
)
