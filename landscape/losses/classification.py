"""Losses of classes: binary cross-entropy and cross-entropy, from logits."""

import jax
import jax.numpy as jnp
import optax

from landscape.losses.checks import labels
from landscape.losses.supervised import CLASSES, SupervisedLoss


def binary_cross_entropy(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """-t log s(z) - (1 - t) log(1 - s(z)), a term with the factor 0 being 0."""
    # optax's form multiplies 0 by an infinite logarithm; a certain right answer must cost 0.
    missed = jnp.where(target == 0, 0.0, target * jax.nn.softplus(-prediction))
    raised = jnp.where(target == 1, 0.0, (1.0 - target) * jax.nn.softplus(prediction))
    return missed + raised


def cross_entropy(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """-log softmax(z)_t, for class numbers t."""
    return optax.losses.softmax_cross_entropy_with_integer_labels(prediction, target)


CLASSIFICATION = (
    SupervisedLoss(
        name="binary-cross-entropy",
        title="Binary cross-entropy",
        family="classification",
        formula=r"-t \log \sigma(z) - (1 - t) \log (1 - \sigma(z))",
        function=binary_cross_entropy,
        takes="logits",
        output_units=("sigmoid",),
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
        likelihood="categorical",
        use="Several classes of which exactly one is right, with probabilities as the answer.",
        reference="Bridle (1990), Probabilistic interpretation of feedforward classification network"
        " outputs, doi:10.1007/978-3-642-76153-9_28",
        shapes=CLASSES,
        checks=(labels,),
        targets="labels",
    ),
)
