"""Losses of similarity: contrastive, triplet, pairwise ranking."""

import jax
import jax.numpy as jnp

from landscape.losses.checks import each, zero_or_one
from landscape.losses.loss import NOT_NEGATIVE, POSITIVE, Argument, Loss, LossParameter


def distance(first: jax.Array, second: jax.Array) -> jax.Array:
    """The Euclidean distance over the last axis; where points coincide its gradient is taken as 0."""
    squared = jnp.sum((first - second) ** 2, axis=-1)
    # The root has an infinite slope at 0, which not even a factor 0 stops: it never sees a 0.
    return jnp.where(squared == 0, 0.0, jnp.sqrt(jnp.where(squared == 0, 1.0, squared)))


def contrastive(first: jax.Array, second: jax.Array, same: jax.Array, *, margin: float) -> jax.Array:
    """Half the square of the distance of a pair that belongs together, or of what it lacks of the margin."""
    pulled = 0.5 * jnp.sum((first - second) ** 2, axis=-1)
    pushed = 0.5 * jax.nn.relu(margin - distance(first, second)) ** 2
    # A pair infinitely far apart costs nothing if it is to be apart: 0 times infinity is 0 here.
    return jnp.where(same == 0, 0.0, same * pulled) + jnp.where(same == 1, 0.0, (1.0 - same) * pushed)


def triplet(anchor: jax.Array, positive: jax.Array, negative: jax.Array, *, margin: float) -> jax.Array:
    """max(0, D(a, p) - D(a, n) + m), whose slope at its corner is taken as 0.

    PyTorch's `TripletMarginLoss` adds its eps, 1e-6, to every coordinate of the differences, and
    optax's `triplet_margin_loss` to the squared distances, so that none is 0; here distances are exact.
    """
    return jax.nn.relu(distance(anchor, positive) - distance(anchor, negative) + margin)


def pairwise_ranking(first: jax.Array, second: jax.Array, order: jax.Array, *, margin: float) -> jax.Array:
    """max(0, m - r (x_1 - x_2)), whose slope at its corner is taken as 0."""
    return jax.nn.relu(margin - order * (first - second))


SIMILARITY: tuple[Loss, ...] = (
    Loss(
        name="contrastive",
        title="Contrastive",
        family="similarity",
        formula=r"s\,\tfrac12 D^2 + (1 - s)\,\tfrac12 \max(0,\; m - D)^2, \quad D = \lVert a - b \rVert",
        function=contrastive,
        arguments=(
            Argument("first", "a, one point of each pair"),
            Argument("second", "b, the other point"),
            Argument("same", "s, 1 if the two belong together, 0 if not"),
        ),
        shapes=(("... d", "... d", "..."),),
        use="Pairs are known to belong together or not: pull the first to one place,"
        " push the others a margin apart.",
        reference="Hadsell, Chopra, LeCun (2006), Dimensionality reduction by learning an invariant mapping,"
        " eq. 4 (there Y = 1 − s), doi:10.1109/CVPR.2006.100",
        checks=(zero_or_one("same"),),
        inner=(
            LossParameter(
                "margin", 1.0, 0.1, 3.0, "linear", "m, the margin, beyond which none is pushed", POSITIVE
            ),
        ),
    ),
    Loss(
        name="triplet",
        title="Triplet",
        family="similarity",
        formula=r"\max(0,\; \lVert a - p \rVert - \lVert a - n \rVert + m)",
        function=triplet,
        arguments=(
            Argument("anchor", "a, the point that is compared"),
            Argument("positive", "p, a point of its kind"),
            Argument("negative", "n, a point of another kind"),
        ),
        shapes=(("... d", "... d", "... d"),),
        use="Only comparisons are known: this one is more like that one than like the third.",
        reference="Balntas, Riba, Ponsa, Mikolajczyk (2016), Learning local feature descriptors with triplets"
        " and shallow convolutional neural networks, doi:10.5244/C.30.119; with squared distances: Schroff,"
        " Kalenichenko, Philbin (2015), FaceNet, doi:10.1109/CVPR.2015.7298682",
        inner=(
            LossParameter(
                "margin", 1.0, 0.1, 3.0, "linear", "m, how much farther the negative must be", POSITIVE
            ),
        ),
    ),
    Loss(
        name="pairwise-ranking",
        title="Pairwise ranking",
        family="similarity",
        formula=r"\max(0,\; m - r\,(x_1 - x_2))",
        function=pairwise_ranking,
        arguments=(
            Argument("first", "x₁, the score of one thing"),
            Argument("second", "x₂, the score of another"),
            Argument("order", "r, 1 if the first should rank higher, −1 if the second"),
        ),
        shapes=(("...", "...", "..."),),
        use="The order of things matters and not their scores: search results, recommendations.",
        # PyTorch's MarginRankingLoss is the same with margin 0, at which equal scores cost nothing.
        reference="Joachims (2002), Optimizing search engines using clickthrough data, optimization"
        " problem 1 (with margin 1), doi:10.1145/775047.775067",
        checks=(each("order", "must be -1 or 1", lambda order: (order == -1) | (order == 1)),),
        inner=(
            LossParameter(
                "margin", 1.0, 0.0, 3.0, "linear", "m, how much higher the score must be", NOT_NEGATIVE
            ),
        ),
    ),
)
