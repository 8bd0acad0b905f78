"""Losses of classes: cross-entropies, plain, weighted and smoothed, and the hinges."""

import jax
import jax.numpy as jnp
import optax

from landscape.losses.checks import labels, probabilities, share
from landscape.losses.loss import NOT_NEGATIVE, SHARE, LossParameter
from landscape.losses.supervised import CLASSES, TWO_OR_MORE, SupervisedLoss


def binary_cross_entropy(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """-t log s(z) - (1 - t) log(1 - s(z)), a term with the factor 0 being 0."""
    # optax's form multiplies 0 by an infinite logarithm; a certain right answer must cost 0.
    missed = jnp.where(target == 0, 0.0, target * jax.nn.softplus(-prediction))
    raised = jnp.where(target == 1, 0.0, (1.0 - target) * jax.nn.softplus(prediction))
    return missed + raised


def cross_entropy(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """-log softmax(z)_t, for class numbers t."""
    # The classes first: sums over few neighbouring numbers are slow, over long rows they are not.
    classes_first = jnp.moveaxis(prediction, -1, 0)
    return optax.losses.softmax_cross_entropy_with_integer_labels(classes_first, target, axis=0)


def categorical_cross_entropy(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """-sum_k t_k log y_k of two vectors of probabilities, a term with the factor 0 being 0."""
    counted = (target != 0) | jnp.isnan(prediction)
    return jnp.sum(jnp.where(counted, -target * jnp.log(jnp.where(counted, prediction, 1.0)), 0.0), axis=-1)


def any_cross_entropy(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """The cross-entropy of logits beside class numbers: one logit for two classes, or k for k."""
    if prediction.ndim == target.ndim:
        return binary_cross_entropy(prediction, target)
    return cross_entropy(prediction, target)


def balanced_cross_entropy(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """The cross-entropy of each example times n / (k n_t): all classes weigh the same in the mean.

    n_t is how many of the n targets are of the example's class, k how many classes occur.
    """
    classes = 2 if prediction.ndim == target.ndim else prediction.shape[-1]
    whose = target.astype(int)  # a mask has its labels as floats
    counts = jnp.sum(jax.nn.one_hot(jnp.ravel(whose), classes, dtype=prediction.dtype), axis=0)
    weights = target.size / (jnp.sum(counts > 0) * jnp.maximum(counts, 1.0))
    return weights[whose] * any_cross_entropy(prediction, target)


def focal_loss(prediction: jax.Array, target: jax.Array, *, gamma: float, alpha: float) -> jax.Array:
    """-alpha_t (1 - p_t)^gamma log p_t: what is right already hardly counts.

    With one logit alpha_1 = alpha and alpha_0 = 1 - alpha; with k logits it is alpha for every class.
    """
    if prediction.ndim == target.ndim:
        margin = jnp.where(target == 1, prediction, -prediction)
        weight = jnp.where(target == 1, alpha, 1.0 - alpha)
        surprise, certainty = jax.nn.softplus(-margin), -jax.nn.softplus(margin)
    else:
        weight = jnp.asarray(alpha)
        surprise = cross_entropy(prediction, target)
        # log(1 - p_t) from the other classes, since 1 - p_t has lost its digits where p_t is near 1.
        own = jax.nn.one_hot(target, prediction.shape[-1], dtype=bool)
        others = jax.nn.logsumexp(jnp.where(own, -jnp.inf, prediction), axis=-1)
        certainty = others - jax.nn.logsumexp(prediction, axis=-1)
    # At gamma 0 nothing is faded, not even the surest of answers.
    faded = jnp.exp(jnp.where(gamma == 0, 0.0, gamma * certainty))
    # What counts nothing counts nothing where it is infinite, too.
    return jnp.where(weight == 0, 0.0, weight * faded * surprise)


def hinge_loss(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """max(0, 1 - s z), with s = 1 for class 1 and s = -1 for class 0; the slope at the corner is 0."""
    short = _short(prediction, target)
    return jnp.where(short <= 0, 0.0, short)


def squared_hinge_loss(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """The square of the hinge loss."""
    return hinge_loss(prediction, target) ** 2


def rounded_hinge_loss(prediction: jax.Array, target: jax.Array, width: jax.Array) -> jax.Array:
    """The hinge with a parabola over its corner, at most width / 4 above it, and 0 where the margin is wide.

    With u = 1 - s z it is (u + width)^2 / (4 width) for |u| <= width.
    """
    # Not the root of a square, which is 0 nowhere: classes that a plane separates would have no minimizer.
    short = _short(prediction, target)
    over = jnp.abs(short) <= width
    parabola = (short + width) ** 2 / (4.0 * jnp.where(width > 0, width, 1.0))
    return jnp.where(over & (width > 0), parabola, jnp.where(short <= 0, 0.0, short))


def smoothed_cross_entropy(prediction: jax.Array, target: jax.Array, *, epsilon: float) -> jax.Array:
    """The cross-entropy of targets that leave epsilon / k to each of the k classes."""
    if prediction.ndim == target.ndim:
        return binary_cross_entropy(prediction, (1.0 - epsilon) * target + epsilon / 2.0)
    classes = prediction.shape[-1]
    wanted = (1.0 - epsilon) * jax.nn.one_hot(target, classes, dtype=prediction.dtype) + epsilon / classes
    log_chances = jnp.where(wanted == 0, 0.0, wanted * jax.nn.log_softmax(prediction))
    return -jnp.sum(log_chances, axis=-1)


def perplexity(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """The exponential of the mean cross-entropy: among how many equal choices one could do no worse."""
    return jnp.exp(jnp.mean(any_cross_entropy(prediction, target)))


def _short(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """How much is missing to the margin 1."""
    return 1.0 - jnp.where(target == 1, prediction, -prediction)


CLASSIFICATION = (
    SupervisedLoss(
        name="binary-cross-entropy",
        title="Binary cross-entropy",
        family="classification",
        formula=r"-t \log \sigma(z) - (1 - t) \log (1 - \sigma(z))",
        function=binary_cross_entropy,
        checks=(share("target"),),
        takes="logits",
        output_units=("sigmoid",),
        unending=True,
        likelihood="Bernoulli",
        use="Two classes, with a probability as the answer.",
        reference="Cox (1958), The regression analysis of binary sequences,"
        " doi:10.1111/j.2517-6161.1958.tb00292.x",
    ),
    SupervisedLoss(
        name="cross-entropy",
        title="Cross-entropy",
        family="classification",
        formula=r"-\log \frac{e^{z_t}}{\sum_k e^{z_k}}",
        function=cross_entropy,
        takes="logits",
        output_units=("softmax",),
        unending=True,
        likelihood="categorical",
        use="Several classes of which exactly one is right, with probabilities as the answer.",
        reference="Bridle (1990), Probabilistic interpretation of feedforward classification network"
        " outputs, doi:10.1007/978-3-642-76153-9_28",
        shapes=CLASSES,
        checks=(labels,),
        targets="labels",
    ),
    SupervisedLoss(
        name="categorical-cross-entropy",
        title="Cross-entropy of probabilities",
        family="classification",
        formula=r"-\sum_k t_k \log y_k",
        function=categorical_cross_entropy,
        shapes=(("... k", "... k"),),
        checks=(probabilities("prediction"), probabilities("target")),
        takes="value",
        output_units=("softmax",),
        unending=True,
        targets="shares",
        likelihood="categorical",
        use="Two lists of probabilities are at hand; from logits the other form keeps more digits.",
        reference="Good (1952), Rational decisions, doi:10.1111/j.2517-6161.1952.tb00104.x",
    ),
    SupervisedLoss(
        name="balanced-cross-entropy",
        title="Balanced cross-entropy",
        family="classification",
        formula=r"-\frac{n}{k\, n_t} \log p_t",
        function=balanced_cross_entropy,
        shapes=TWO_OR_MORE,
        checks=(labels,),
        takes="logits",
        output_units=("sigmoid", "softmax"),
        unending=True,
        targets="labels",
        likelihood="Bernoulli or categorical, each class with the same say",
        use="One class is rare, and missing it matters as much as missing the other.",
        reference="King, Zeng (2001), Logistic regression in rare events data,"
        " doi:10.1093/oxfordjournals.pan.a004868",
    ),
    SupervisedLoss(
        name="focal",
        title="Focal",
        family="classification",
        formula=r"-\alpha_t (1 - p_t)^\gamma \log p_t",
        function=focal_loss,
        shapes=TWO_OR_MORE,
        checks=(labels,),
        takes="logits",
        output_units=("sigmoid", "softmax"),
        convex=False,
        unending=True,
        targets="labels",
        use="Most examples are easy and would drown the few that are not, as in detection.",
        reference="Lin et al. (2017), Focal loss for dense object detection, eq. 5,"
        " doi:10.1109/ICCV.2017.324; with one logit α₁ = α and α₀ = 1 − α, with k logits α for every class",
        inner=(
            LossParameter("gamma", 2.0, 0.0, 5.0, "linear", "γ, how much easy examples fade", NOT_NEGATIVE),
            LossParameter("alpha", 0.25, 0.05, 0.95, "linear", "α, the weight of class 1", SHARE),
        ),
    ),
    SupervisedLoss(
        name="hinge",
        title="Hinge",
        family="classification",
        formula=r"\max(0,\ 1 - s z),\quad s = 2 t - 1",
        function=hinge_loss,
        checks=(labels,),
        takes="logits",
        output_units=("sigmoid",),
        targets="labels",
        rounded=rounded_hinge_loss,
        use="Only the border between two classes matters, and no probabilities: a support vector machine.",
        reference="Cortes, Vapnik (1995), Support-vector networks, doi:10.1007/BF00994018",
    ),
    SupervisedLoss(
        name="squared-hinge",
        title="Squared hinge",
        family="classification",
        formula=r"\max(0,\ 1 - s z)^2,\quad s = 2 t - 1",
        function=squared_hinge_loss,
        checks=(labels,),
        takes="logits",
        output_units=("sigmoid",),
        targets="labels",
        use="As the hinge, without its corner, and harder on what is far on the wrong side.",
        reference="Chang, Hsieh, Lin (2008), Coordinate descent method for large-scale L2-loss linear"
        " support vector machines, Journal of Machine Learning Research 9, 1369-1398",
    ),
    SupervisedLoss(
        name="label-smoothing",
        title="Cross-entropy with smoothed labels",
        family="classification",
        formula=r"-(1 - \varepsilon) \log p_t - \frac{\varepsilon}{k} \sum_j \log p_j",
        function=smoothed_cross_entropy,
        shapes=TWO_OR_MORE,
        checks=(labels,),
        takes="logits",
        output_units=("sigmoid", "softmax"),
        targets="labels",
        use="Labels may be wrong, and answers should stay less than certain.",
        reference="Szegedy et al. (2016), Rethinking the Inception architecture for computer vision,"
        " section 7, doi:10.1109/CVPR.2016.308",
        inner=(
            LossParameter("epsilon", 0.1, 0.0, 0.5, "linear", "ε, the share spread over all classes", SHARE),
        ),
    ),
    SupervisedLoss(
        name="perplexity",
        title="Perplexity",
        family="classification",
        formula=r"\exp\Bigl(-\frac1n \sum_i \log p_{i,\, t_i}\Bigr)",
        function=perplexity,
        shapes=TWO_OR_MORE,
        checks=(labels,),
        takes="logits",
        output_units=("sigmoid", "softmax"),
        unending=True,
        targets="labels",
        whole=True,
        use="To be read, more than to be descended: among how many choices the model hesitates.",
        reference="Jelinek et al. (1977), Perplexity, a measure of the difficulty of speech recognition"
        " tasks, doi:10.1121/1.2016299",
    ),
)
