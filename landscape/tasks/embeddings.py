"""Tasks of similarity: points of the plane that are pulled and pushed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.losses import Loss
from landscape.objectives import Domain, Objective, check_count
from landscape.tasks.task import Task, check_loss

Layout = Literal["scattered", "sorted", "together"]
"""Where the points stand at first."""

LABELS = np.repeat([0, 1, 2], 5)
"""The classes of the fifteen points; for a ranking, their ranks."""

DIRECTION = np.array([np.sqrt(3) / 2, 0.5])
"""Along it a ranking scores the points: a unit vector, 30 degrees above the horizontal."""

CENTRES = np.array([[-1.4, -0.8], [0.0, 1.2], [1.4, 0.0]])
"""Of the classes where the points stand sorted: their scores rise with the rank."""

DOMAIN: Domain = ((-3.0, 3.0), (-3.0, 3.0))
STRAY = 4
"""The point of a sorted start that stands among another class, and the one that the tasks move."""

MADE_OF = {"contrastive": 2, "triplet": 3, "pairwise-ranking": 2}
"""How many points each term of a loss is made of."""


def embedded_points(layout: Layout = "scattered", seed: int = 0) -> np.ndarray:
    """Where the fifteen points stand before they are moved.

    Args:
        layout: "scattered", all classes mixed, from a Gaussian; "sorted", five near the centre of each
            class but for one, which stands among another class; "together", all in one place.
        seed: Of the places.

    Returns:
        Places (15, 2), of the classes `LABELS`.

    Raises:
        ValueError: The layout is another word, or the seed is negative.

    Example:
        >>> bool(embedded_points("together").any())
        False
        >>> embedded_points("scattered", 3).shape
        (15, 2)
    """
    if layout not in get_args(Layout):
        raise ValueError(f"`layout` must be one of {', '.join(get_args(Layout))}, got {layout!r}")
    noise = np.random.default_rng(check_count("seed", seed, 0)).standard_normal((len(LABELS), 2))
    if layout == "together":
        return np.zeros_like(noise)
    if layout == "scattered":
        return np.clip(noise, -2.5, 2.5)
    points = CENTRES[LABELS] + 0.25 * np.clip(noise, -2.5, 2.5)
    points[STRAY] += CENTRES[2] - CENTRES[0]
    return points


@dataclass(frozen=True)
class _Terms:
    """The losses of all pairs or triplets; a program that is known by the loss's name and function."""

    name: str
    function: Callable[..., jax.Array]

    def __call__(self, data: dict[str, Any], points: jax.Array) -> jax.Array:
        """(n, 2) -> (m,)."""
        chosen = [points[index] for index in data["members"]]
        if self.name == "pairwise-ranking":
            chosen = [places @ data["direction"] for places in chosen]
        given = chosen if self.name == "triplet" else [*chosen, data["wanted"]]
        return self.function(*given, **data["numbers"])


@dataclass(frozen=True)
class _Mean:
    """The mean of the terms over the places of all points."""

    terms: _Terms

    def __call__(self, data: dict[str, Any], points: jax.Array) -> jax.Array:
        return jnp.mean(self.terms(data, points))


@dataclass(frozen=True)
class _OnePoint:
    """The same over the place of one point, the others held fixed."""

    mean: _Mean

    def __call__(self, data: dict[str, Any], points: jax.Array, moved: jax.Array, place: Any) -> jax.Array:
        return self.mean(data, points.at[moved].set(place))


@dataclass(frozen=True, eq=False)
class Embedding:
    """Fifteen points of three classes, and a loss of how they stand.

    Args:
        loss: LOSSES["contrastive"], ["triplet"] or ["pairwise-ranking"], with its margin.
        labels: The class of each point (n,), at least two classes; for a ranking, the ranks.

    Attributes:
        members: The points of each term, one array (m,) of their indices for each place in the loss: all
            pairs; all triplets of an anchor, another of its class and one of another class; or all pairs
            of different ranks, the higher one first.
        wanted: What the loss takes beside the points of a term (m,): whether a pair belongs together, or
            1, since the higher rank stands first; None for triplets.

    Raises:
        ValueError: The loss is another one, or no term can be made of the labels.

    Example:
        >>> from landscape import LOSSES
        >>> Embedding(LOSSES["contrastive"]).num_terms, Embedding(LOSSES["triplet"]).num_terms
        (105, 600)
    """

    loss: Loss
    labels: np.ndarray = field(default_factory=lambda: LABELS)
    members: tuple[np.ndarray, ...] = field(init=False)
    wanted: np.ndarray | None = field(init=False)

    def __post_init__(self) -> None:
        check_loss(self.loss, *MADE_OF)
        members, wanted = _terms(self.loss.name, np.asarray(self.labels))
        if members[0].size == 0:
            raise ValueError(f"`labels` must make a term of {self.loss.name}, got {self.labels}")
        object.__setattr__(self, "members", members)
        object.__setattr__(self, "wanted", wanted)

    @property
    def num_terms(self) -> int:
        """How many pairs or triplets there are."""
        return len(self.members[0])

    def objective(self, points: Any) -> Objective:
        r"""The mean loss over all terms, as an objective of the places of all points.

        L(x_1, ..., x_n) = \frac{1}{m} \sum \ell

        Args:
            points: Where the points start, (n, 2).

        Returns:
            An `Objective` of an array of shape (n, 2). The margin is a leaf of its program.

        Raises:
            ValueError: The shape of the points is another.
        """
        return Objective(
            loss=Partial(_Mean(self._program), self._data),
            start=self._places(points),
            name=f"embedding-{self.loss.name}",
            title=self.loss.title,
            formula=self.formula,
            reference=self.loss.reference,
        )

    def landscape(self, points: Any, moved: int, domain: Domain = DOMAIN) -> Objective:
        r"""The same loss over the place of one point, the others held fixed.

        Args:
            points: The places of all points, (n, 2).
            moved: The index of the one that is moved, from 0.
            domain: Limits of its place.

        Returns:
            An `Objective` of an array of shape (2,), which starts where the point stands. The places, the
            index and the margin are leaves of its program.

        Raises:
            ValueError: The shape of the points is another, or there is no such point.

        Example:
            >>> from landscape import LOSSES
            >>> embedding, points = Embedding(LOSSES["triplet"]), embedded_points("sorted")
            >>> one, all_of_them = embedding.landscape(points, 4), embedding.objective(points)
            >>> bool(one.loss(points[4]) == all_of_them.loss(points))
            True
        """
        places = self._places(points)
        index = check_count("moved", moved, 0, len(places) - 1)
        program = _OnePoint(_Mean(self._program))
        return Objective(
            loss=Partial(program, self._data, jnp.asarray(places), index),
            start=places[index],
            name=self.loss.name,
            title=self.loss.title,
            formula=self.formula,
            domain=domain,
            reference=self.loss.reference,
        )

    def terms(self, places: Any) -> np.ndarray:
        """The loss of every term, of one set of places or of many.

        Args:
            places: (..., n, 2).

        Returns:
            (..., m), in the order of `members`.

        Example:
            >>> from landscape import LOSSES
            >>> embedding = Embedding(LOSSES["triplet"])
            >>> embedding.terms(embedded_points("together")).tolist() == [1.0] * 600  # the margin
            True
        """
        rows = np.asarray(places, dtype=float)
        flat = rows.reshape(-1, *rows.shape[-2:])
        found = np.asarray(_of_rows(Partial(self._program, self._data), flat))
        return found.reshape(*rows.shape[:-2], -1)

    @property
    def formula(self) -> str:
        """LaTeX of the mean loss."""
        return rf"\frac{{1}}{{{self.num_terms}}} \sum \left[ {self.loss.formula} \right]"

    @property
    def _program(self) -> _Terms:
        return _Terms(self.loss.name, self.loss.function)

    @property
    def _data(self) -> dict[str, Any]:
        return {
            "members": self.members,
            "wanted": self.wanted,
            "direction": DIRECTION,
            "numbers": {name: float(value) for name, value in self.loss.parameters.items()},
        }

    def _places(self, points: Any) -> np.ndarray:
        places = np.asarray(points, dtype=float)
        if places.shape != (len(self.labels), 2):
            raise ValueError(f"`points` must have the shape ({len(self.labels)}, 2), got {places.shape}")
        return places


def scores_along(places: Any) -> np.ndarray:
    """How far points stand along the direction of the ranking, (..., n, 2) -> (..., n).

    Example:
        >>> scores_along([[2.0, 0.0]]).round(3).tolist()
        [1.732]
    """
    return np.asarray(places, dtype=float) @ DIRECTION


def right_neighbours(places: Any, labels: Any = LABELS) -> np.ndarray:
    """How many points have one of their own class as their nearest neighbour.

    Args:
        places: (..., n, 2).
        labels: (n,).

    Returns:
        Counts (...,); among equally near neighbours any of another class makes it wrong.

    Example:
        >>> int(right_neighbours([[0, 0], [0, 1], [5, 0], [5, 0.5]], [0, 0, 1, 1]))
        4

    Reference:
        Cover, Hart (1967), Nearest neighbor pattern classification, doi:10.1109/TIT.1967.1053964
    """
    points, classes = np.asarray(places, dtype=float), np.asarray(labels)
    with np.errstate(all="ignore"):
        squared = ((points[..., :, None, :] - points[..., None, :, :]) ** 2).sum(axis=-1)
    same = classes[:, None] == classes
    own = np.where(same & ~np.eye(len(classes), dtype=bool), squared, np.inf).min(axis=-1)
    other = np.where(same, np.inf, squared).min(axis=-1)
    return (own < other).sum(axis=-1)


def _terms(name: str, labels: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray | None]:
    """The points of every term of a loss, and what the loss takes beside them."""
    pairs = np.array(list(combinations(range(len(labels)), 2))).reshape(-1, 2)
    first, second = pairs.T
    if name == "contrastive":
        return (first, second), (labels[first] == labels[second]).astype(float)
    if name == "pairwise-ranking":
        first, second = (np.concatenate(both) for both in ((first, second), (second, first)))
        higher = labels[first] > labels[second]
        return (first[higher], second[higher]), np.ones(int(higher.sum()))
    same = labels[:, None] == labels
    mates = same & ~np.eye(len(labels), dtype=bool)
    anchor, positive, negative = np.nonzero(mates[:, :, None] & ~same[:, None, :])
    return (anchor, positive, negative), None


@jax.jit
def _of_rows(terms: Partial, rows: jax.Array) -> jax.Array:
    return jax.lax.map(terms, rows)


def _moved_point(loss: Loss) -> Objective:
    return Embedding(loss).landscape(embedded_points("sorted"), STRAY)


EMBEDDINGS: tuple[Task, ...] = (
    Task(
        name="stray-point",
        title="A stray point",
        statement="Fifteen points of three classes. Fourteen stand with their own; the two parameters are"
        " the place of the last, which starts among another class.",
        axes=("x₁", "x₂"),
        losses=("contrastive", "triplet"),
        make=_moved_point,
        equal=True,
    ),
    Task(
        name="ranked-point",
        title="A point out of rank",
        statement="Fifteen points of three ranks, scored by how far they stand along one direction. The two"
        " parameters are the place of a point of the lowest rank, which starts among the highest; only the"
        " part along the direction matters.",
        axes=("x₁", "x₂"),
        losses=("pairwise-ranking",),
        make=_moved_point,
        equal=True,
    ),
)
