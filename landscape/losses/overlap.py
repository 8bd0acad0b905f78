"""Losses of overlap: a mask beside the mask that was wanted, all their pixels together."""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from landscape.losses.checks import share, zero_or_one
from landscape.losses.classification import binary_cross_entropy
from landscape.losses.loss import NOT_NEGATIVE, SHARE, LossParameter
from landscape.losses.supervised import SupervisedLoss


def dice_loss(prediction: jax.Array, target: jax.Array, *, smoothing: float) -> jax.Array:
    """1 - (2 sum p t + s) / (sum p + sum t + s); two empty masks agree."""
    common = 2.0 * jnp.sum(prediction * target) + smoothing
    total = jnp.sum(prediction) + jnp.sum(target) + smoothing
    return jnp.where(total == 0, 0.0, 1.0 - common / jnp.where(total == 0, 1.0, total))


def generalized_dice_loss(prediction: jax.Array, target: jax.Array) -> jax.Array:
    """Dice over object and background together, each weighed by the inverse square of its true size."""
    # Both weights times the squares of both sizes: no division by the size of what is not there.
    for_object, for_ground = jnp.mean(1.0 - target) ** 2, jnp.mean(target) ** 2
    common = for_object * jnp.sum(prediction * target)
    common += for_ground * jnp.sum((1.0 - prediction) * (1.0 - target))
    total = for_object * jnp.sum(prediction + target) + for_ground * jnp.sum(2.0 - prediction - target)
    return jnp.where(total == 0, 0.0, 1.0 - 2.0 * common / jnp.where(total == 0, 1.0, total))


def dice_and_cross_entropy(prediction: jax.Array, target: jax.Array, *, share: float) -> jax.Array:
    """A share of dice, the rest the mean binary cross-entropy, both of one mask of logits."""
    dice = dice_loss(jax.nn.sigmoid(prediction), target, smoothing=0.0)
    entropy = jnp.mean(binary_cross_entropy(prediction, target))
    # A part of the share 0 is none, even where it is infinite.
    return share * dice + jnp.where(share == 1, 0.0, (1.0 - share) * entropy)


def not_both_empty(arrays: Mapping[str, np.ndarray]) -> None:
    """The check that at least one of two masks holds something, where no smoothing stands in for it."""
    if arrays.get("smoothing", 0) > 0 or not {"prediction", "target"} <= arrays.keys():
        return
    if not (arrays["prediction"].any() or arrays["target"].any()):
        raise ValueError("`prediction` and `target` must not both be empty without smoothing, got only zeros")


def not_both_empty_of_logits(arrays: Mapping[str, np.ndarray]) -> None:
    """The same of a mask of logits, which is empty where all its probabilities are."""
    if "prediction" in arrays:
        not_both_empty({**arrays, "prediction": np.exp(np.minimum(arrays["prediction"], 0.0))})


def object_and_ground(arrays: Mapping[str, np.ndarray]) -> None:
    """The check that a mask has an object and a background, so that each has a size."""
    if "target" in arrays and (arrays["target"] == arrays["target"].flat[0]).all():
        value = arrays["target"].flat[0]
        raise ValueError(f"`target` must hold both object (1) and background (0), got only {value:g}")


OVERLAP = (
    SupervisedLoss(
        name="dice",
        title="Dice",
        family="overlap",
        formula=r"1 - \frac{2 \sum_i y_i t_i + s}{\sum_i y_i + \sum_i t_i + s}",
        function=dice_loss,
        checks=(share("prediction"), zero_or_one("target"), not_both_empty),
        takes="value",
        output_units=("sigmoid",),
        convex=False,
        unending=True,
        whole=True,
        use="A small object in a large mask, where being right about the background says nothing.",
        reference="Milletari, Navab, Ahmadi (2016), V-Net, doi:10.1109/3DV.2016.79, without the squares;"
        " Dice (1945), doi:10.2307/1932409",
        inner=(
            LossParameter("smoothing", 0.0, 0.0, 10.0, "linear", "s, counted on both sides", NOT_NEGATIVE),
        ),
    ),
    SupervisedLoss(
        name="generalized-dice",
        title="Generalized dice",
        family="overlap",
        formula=r"1 - 2\, \frac{\sum_l w_l \sum_i y_{il} t_{il}}{\sum_l w_l \sum_i (y_{il} + t_{il})},"
        r"\quad w_l = \Bigl(\sum_i t_{il}\Bigr)^{-2}",
        function=generalized_dice_loss,
        checks=(share("prediction"), zero_or_one("target"), object_and_ground),
        takes="value",
        output_units=("sigmoid",),
        convex=False,
        unending=True,
        whole=True,
        use="Object and background are of very different sizes, and both should count.",
        reference="Sudre et al. (2017), Generalised dice overlap as a deep learning loss function for highly"
        " unbalanced segmentations, doi:10.1007/978-3-319-67558-9_28",
    ),
    SupervisedLoss(
        name="dice-cross-entropy",
        title="Dice with cross-entropy",
        family="overlap",
        formula=r"\alpha\, \Bigl(1 - \frac{2 \sum_i \sigma(z_i)\, t_i}{\sum_i \sigma(z_i) + \sum_i t_i}\Bigr)"
        r" - (1 - \alpha)\, \frac1n \sum_i \log p_{i,\, t_i}",
        function=dice_and_cross_entropy,
        checks=(zero_or_one("target"), not_both_empty_of_logits),
        takes="logits",
        output_units=("sigmoid",),
        convex=False,
        unending=True,
        whole=True,
        use="Dice for the object's shape, cross-entropy for a slope that does not fade far away.",
        reference="Taghanaki et al. (2019), Combo loss: handling input and output imbalance in multi-organ"
        " segmentation, doi:10.1016/j.compmedimag.2019.04.005",
        inner=(LossParameter("share", 0.5, 0.0, 1.0, "linear", "α, the share of dice", SHARE),),
    ),
)
