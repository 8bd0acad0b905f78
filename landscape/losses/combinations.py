"""Penalties and combinations, as entries of the catalogue."""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from landscape.losses.checks import at_least_zero, share, zero_or_one
from landscape.losses.loss import NOT_NEGATIVE, SHARE, Argument, Loss, LossParameter, absolute
from landscape.losses.penalties import Penalty


def l1_penalty(weights: jax.Array, *, strength: float) -> jax.Array:
    """The strength times the sum of |w|."""
    return Penalty(strength, 1.0)(weights)


def l2_penalty(weights: jax.Array, *, strength: float) -> jax.Array:
    """The strength times the sum of w^2."""
    return Penalty(strength, 0.0)(weights)


def elastic_net_penalty(weights: jax.Array, *, strength: float, l1_ratio: float) -> jax.Array:
    """The strength times a mixture of the sums of |w| and of w^2."""
    return Penalty(strength, l1_ratio)(weights)


def weighted_sum(losses: jax.Array, *, share: float) -> jax.Array:
    """A share of L_1 and the rest of L_2; a loss with the share 0 does not count, even if infinite."""
    weights = jnp.stack([jnp.asarray(share), 1.0 - jnp.asarray(share)])
    return jnp.sum(jnp.where(weights == 0, 0.0, weights * losses), axis=-1)


def uncertainty_weighting(losses: jax.Array, log_variances: jax.Array) -> jax.Array:
    """The sum of exp(-s) L / 2 + s / 2 over the last axis, with s = log sigma^2."""
    return 0.5 * jnp.sum(jnp.exp(-log_variances) * losses + log_variances, axis=-1)


def demographic_parity(probabilities: jax.Array, group: jax.Array, *, strength: float) -> jax.Array:
    """How far the means of the two groups lie apart; where they are equal the slope is taken as 0."""
    inside, outside = jnp.sum(group), jnp.sum(1.0 - group)
    gap = jnp.sum(group * probabilities) / inside - jnp.sum((1.0 - group) * probabilities) / outside
    return strength * absolute(gap)


def expected_reward(logits: jax.Array, rewards: jax.Array) -> jax.Array:
    """-sum softmax(z) r over the last axis."""
    return -jnp.sum(jax.nn.softmax(logits, axis=-1) * rewards, axis=-1)


def both_groups(arrays: Mapping[str, np.ndarray]) -> None:
    """The check that somebody is in either group: a mean of nobody is no number."""
    if "group" in arrays and np.ptp(arrays["group"]) == 0:
        raise ValueError(f"`group` must hold both groups, 0 and 1, got only {arrays['group'].flat[0]:g}")


WEIGHTS = (Argument("weights", "w, the weights of a model, without its bias"),)

STRENGTH = LossParameter("strength", 1.0, 0.01, 10.0, "log", "λ, the strength of the penalty", NOT_NEGATIVE)

COMBINATIONS: tuple[Loss, ...] = (
    Loss(
        name="l1",
        title="L1 penalty (lasso)",
        family="penalties",
        formula=r"\lambda \sum_j |w_j|",
        function=l1_penalty,
        arguments=WEIGHTS,
        shapes=(("d",),),
        likelihood="a Laplace prior of the weights",
        use="Few features are thought to matter: weights that are not needed become exactly 0.",
        reference="Tibshirani (1996), Regression shrinkage and selection via the lasso,"
        " doi:10.1111/j.2517-6161.1996.tb02080.x",
        inner=(STRENGTH,),
    ),
    Loss(
        name="l2",
        title="L2 penalty (ridge)",
        family="penalties",
        formula=r"\lambda \sum_j w_j^2",
        function=l2_penalty,
        arguments=WEIGHTS,
        shapes=(("d",),),
        likelihood="a Gaussian prior of the weights",
        use="Features say nearly the same, or there are many for few examples: all weights shrink together.",
        reference="Hoerl, Kennard (1970), Ridge regression: biased estimation for nonorthogonal problems,"
        " doi:10.1080/00401706.1970.10488634",
        inner=(STRENGTH,),
    ),
    Loss(
        name="elastic-net",
        title="Elastic net",
        family="penalties",
        formula=r"\lambda \sum_j \left( \rho\,|w_j| + (1 - \rho)\, w_j^2 \right)",
        function=elastic_net_penalty,
        arguments=WEIGHTS,
        shapes=(("d",),),
        likelihood="a prior of the weights between Laplace and Gaussian",
        use="Few features are thought to matter, but those that say the same should be kept together.",
        reference="Zou, Hastie (2005), Regularization and variable selection via the elastic net, eq. 3,"
        " doi:10.1111/j.1467-9868.2005.00503.x",
        inner=(
            STRENGTH,
            LossParameter("l1_ratio", 0.5, 0.0, 1.0, "linear", "ρ, the share of the absolute values", SHARE),
        ),
    ),
    Loss(
        name="weighted-sum",
        title="Weighted sum of two losses",
        family="penalties",
        formula=r"\alpha L_1 + (1 - \alpha) L_2",
        function=weighted_sum,
        arguments=(Argument("losses", "L₁ and L₂, two losses of the same parameters"),),
        shapes=(("... 2",),),
        use="One model serves two aims; the share says what a little more of one may cost in the other.",
        reference="Zadeh (1963), Optimality and non-scalar-valued performance criteria,"
        " doi:10.1109/TAC.1963.1105511",
        inner=(LossParameter("share", 0.5, 0.0, 1.0, "linear", "α, the share of the first loss", SHARE),),
    ),
    Loss(
        name="uncertainty-weighting",
        title="Weighting by uncertainty",
        family="penalties",
        formula=r"\sum_k \tfrac12 e^{-s_k} L_k + \tfrac12 s_k, \quad s_k = \log \sigma_k^2",
        function=uncertainty_weighting,
        arguments=(
            Argument("losses", "Lₖ, the squared error of each task"),
            Argument("log_variances", "sₖ = log σₖ², learned with the weights, one for each task"),
        ),
        shapes=(("... k", "... k"),),
        likelihood="Gaussian with a variance for each task",
        use="One network learns several tasks whose losses have other units: each is divided by"
        " its own variance, which is learned.",
        reference="Kendall, Gal, Cipolla (2018), Multi-task learning using uncertainty to weigh losses for"
        " scene geometry and semantics, eq. 7 with s = log σ², doi:10.1109/CVPR.2018.00781",
        checks=(at_least_zero("losses"),),
    ),
    Loss(
        name="demographic-parity",
        title="Demographic-parity gap",
        family="penalties",
        formula=r"\lambda \left| \frac{1}{n_1} \sum_{g_i = 1} p_i - \frac{1}{n_0} \sum_{g_i = 0} p_i \right|",
        function=demographic_parity,
        arguments=(
            Argument("probabilities", "p, of the favourable answer, for each person"),
            Argument("group", "g, the group of each person, 0 or 1; both must occur"),
        ),
        shapes=(("n", "n"),),
        use="Added to a classifier's loss where two groups should get the favourable answer equally often.",
        reference="Calders, Kamiran, Pechenizkiy (2009), Building classifiers with independency constraints,"
        " doi:10.1109/ICDMW.2009.83",
        checks=(share("probabilities"), zero_or_one("group"), both_groups),
        inner=(STRENGTH,),
    ),
    Loss(
        name="expected-reward",
        title="Expected reward",
        family="penalties",
        formula=r"-\sum_a \pi_a r_a, \quad \pi = \operatorname{softmax}(z)",
        function=expected_reward,
        arguments=(
            Argument("logits", "z, one for each action"),
            Argument("rewards", "r, what each action earns on average"),
        ),
        shapes=(("... k", "... k"),),
        use="A policy learns which action pays; REINFORCE estimates the gradient of this loss from"
        " actions that were tried.",
        reference="Williams (1992), Simple statistical gradient-following algorithms for connectionist"
        " reinforcement learning, theorem 1, doi:10.1007/BF00992696",
    ),
)
