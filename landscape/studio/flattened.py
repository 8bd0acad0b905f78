"""One network trained four ways, and how sharp the minima are: kept by names and numbers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import jax
import numpy as np

from landscape import (
    Line,
    Objective,
    Plane,
    Profile,
    Surface,
    eigenpairs,
    evaluate,
    profile,
    trace,
    train,
)
from landscape.curvature import SpectralDensity, spectral_density
from landscape.losses import penalized_weights
from landscape.objectives import Params
from landscape.parts import Progress, between
from landscape.planes import Normalization
from landscape.studio import trained
from landscape.studio.jobs import job
from landscape.studio.trained import NetworkChoice, Recipe
from landscape.training import Record

Run = Literal["small", "small-decay", "large", "large-decay"]
Budget = Literal["epochs", "steps"]

RUNS: tuple[Run, ...] = ("small", "small-decay", "large", "large-decay")
"""Small and large batches, each without and with weight decay."""

MOST_EPOCHS = 2000
"""How often the large batch goes through the data at most, where the steps are to be as many."""

TOLERANCE, PRODUCTS = 1e-3, 100
"""How exact the ends of a spectrum are, and how many products with the Hessian they may take."""

SAMPLES = 32
"""Products with the Hessian for a trace."""

STEPS, PROBES = 32, 2
"""Products for each random vector of a spectral density, and such vectors."""

POINTS, SIZE = 61, 25
"""Points of a slice along a line, and along each axis of one from above."""


@dataclass(frozen=True)
class Setting:
    """A network and the four ways to train it.

    Args:
        network: The network, its data, and the start that all four share.
        optimizer: A name of `OPTIMIZERS`.
        rate: Its learning rate, the same for all four.
        small: Examples in a small batch.
        large: Examples in a large batch; None for all.
        decay: Strength of ‖w‖² on the weights in the loss, of the two with weight decay.
        epochs: How often the small batch goes through the data.
        budget: Whether the large batch takes as many epochs, or as many steps.
    """

    network: NetworkChoice
    optimizer: str
    rate: float
    small: int
    large: int | None
    decay: float
    epochs: int
    budget: Budget

    def recipe(self, run: Run) -> Recipe:
        """One of the four trainings."""
        penalty = self.decay if run.endswith("decay") else 0.0
        numbers = (("learning_rate", self.rate),)
        small = Recipe(self.network, self.optimizer, numbers, self.epochs, self.small, penalty)
        if run.startswith("small"):
            return small
        large = replace(small, batch=self.large)
        if self.budget == "epochs":
            return large
        wanted, each = trained.num_steps(small), trained.num_steps(replace(large, epochs=1))
        return replace(large, epochs=min(-(-wanted // each), MOST_EPOCHS))


@dataclass(frozen=True)
class Place:
    """Where a training has ended, or another place with the same network's function.

    Args:
        recipe: The training.
        factor: α, by which the first layer is multiplied and the weights of the next are divided. Behind
            relu(αz) = α relu(z) this is the same function of the inputs (Dinh et al. 2017).
    """

    recipe: Recipe
    factor: float = 1.0


@dataclass(frozen=True)
class Slice:
    """A slice through a place, along random directions.

    Args:
        place: The place.
        seed: Of the directions, the same random numbers for all four.
        filters: Whether each filter of a direction has the norm of that filter of the weights; if not, the
            directions are the same for all four, and as long as the first weights.
        reach: How far to go, in lengths of the directions.
    """

    place: Place
    seed: int = 0
    filters: bool = True
    reach: float = 1.0


@dataclass(frozen=True)
class Comparison:
    """The four trainings, and how their ends are looked at.

    Args:
        setting: The four trainings.
        factor: By how much the first layer is multiplied, as of `Place`.
        filters: Whether directions are filter-normalized, as of `Slice`.
        seed: Of the directions.
        reach: How far they are followed.
    """

    setting: Setting
    factor: float
    filters: bool
    seed: int
    reach: float

    def place(self, run: Run) -> Place:
        """Where one of the four has ended."""
        return Place(self.setting.recipe(run), self.factor)

    def slice(self, run: Run) -> Slice:
        """The slice through it."""
        return Slice(self.place(run), self.seed, self.filters, self.reach)

    def found(self, run: Run) -> "Minimum | None":
        """Where one of the four has ended, if it has."""
        return minimum.kept(self.setting.recipe(run))


class Minimum(NamedTuple):
    """Where a training has ended.

    Attributes:
        params: The parameters.
        steps: How many steps it took.
        values: The loss without the penalty, "loss", and the network's measures.
    """

    params: Params
    steps: int
    values: dict[str, float]

    @property
    def diverged(self) -> bool:
        """Whether the training has ended nowhere: a loss or a weight is not finite."""
        return not (np.isfinite(self.values["loss"]) and np.isfinite(norm(self.params)))

    @property
    def has_slices(self) -> bool:
        """Whether there are directions as long as its weights are."""
        return not self.diverged and all(np.any(leaf) for leaf in penalized_weights(self.params))


class Bend(NamedTuple):
    """How a loss is curved at a point.

    Attributes:
        largest: λmax of the Hessian.
        smallest: λmin.
        converged: Whether both are what Lanczos's method ends with; if not, they lie further out.
        trace: The sum of all eigenvalues.
        error: Its standard error.
        num_products: How many products with the Hessian it took.
    """

    largest: float
    smallest: float
    converged: bool
    trace: float
    error: float
    num_products: int


class Curves(NamedTuple):
    """Training and held-out loss along one line."""

    training: Profile
    held_out: Profile


def risk(recipe: Recipe) -> Objective:
    """The loss that all four are measured by: without the penalty, which has a curvature of its own."""
    return trained.risk(recipe.network, 0.0)


@job(maxsize=64)
def minimum(recipe: Recipe, progress: Callable[..., Any]) -> Minimum:
    """Train a network; what is known so far is the last record, without the parameters."""
    return _train(recipe, progress)


def _train(recipe: Recipe, progress: Callable[..., Any]) -> Minimum:
    total = trained.num_steps(recipe)

    def note(record: Record) -> None:
        progress(record.step / total, record._replace(params=None))

    found = train(
        trained.risk(recipe.network, recipe.penalty),
        trained.optimizer(recipe),
        recipe.epochs,
        recipe.batch,
        recipe.network.seed,
        max_checkpoints=1,
        on_record=note,
    )
    ended = jax.tree.map(lambda leaf: np.array(leaf[-1]), found.params)
    values = {name: float(curve[-1]) for name, curve in found.records.items()}
    values["loss"] = float(risk(recipe).loss(ended))
    return Minimum(ended, int(found.steps[-1]), values)


def params(place: Place) -> Params:
    """The parameters at a place; its training has ended unless many others have come meanwhile."""
    found = minimum.kept(place.recipe)
    # Waiting for another job could keep all workers waiting for each other.
    ended = (found or _train(place.recipe, lambda *_: None)).params
    return ended if place.factor == 1.0 else rescaled(ended, place.factor)


def can_be_rescaled(network: NetworkChoice) -> bool:
    """Whether its first layer can be multiplied and the next divided without another function."""
    return network.model == "mlp" and network.activation == "relu"


def rescaled(params: Params, factor: float) -> Params:
    """The perceptron with its first layer times a factor, and the weights of the next divided by it."""
    first, second, *rest = params["layers"]
    first = {name: leaf * np.float32(factor) for name, leaf in first.items()}
    second = second | {"weights": second["weights"] / np.float32(factor)}
    return params | {"layers": [first, second, *rest]}


def norm(params: Params) -> float:
    """‖w‖, the length of the weights without the biases."""
    return _norm(penalized_weights(params))


@job(maxsize=64)
def bend(place: Place, progress: Progress) -> Bend:
    """The curvature at a place."""
    objective, point = risk(place.recipe), params(place)
    progress(0.1)
    ends = eigenpairs(objective, point, 1, 1, tolerance=TOLERANCE, max_products=products(objective))
    progress(0.7)
    total = trace(objective, point, SAMPLES)
    largest, smallest = ends.values.tolist()
    return Bend(
        largest, smallest, ends.converged, total.value, total.error, ends.num_products + total.samples.size
    )


def products(objective: Objective) -> int:
    """How many products the ends of a spectrum may take."""
    return max(2, min(PRODUCTS, objective.num_parameters))


@job(maxsize=64)
def curves(cut: Slice, progress: Progress) -> Curves:
    """Training and held-out loss along the first direction of a slice."""
    objective, found = risk(cut.place.recipe), plane(cut)
    line, extent = Line(found.origin, found.u), (-cut.reach, cut.reach)
    training = profile(
        objective, line, resolution=POINTS, extent=extent, progress=between(progress, 0.0, 0.5)
    )
    held_out = objective.measuring("held_out_loss")
    return Curves(
        training,
        profile(held_out, line, resolution=POINTS, extent=extent, progress=between(progress, 0.5, 1.0)),
    )


@job(maxsize=64)
def seen(cut: Slice, progress: Progress) -> Surface:
    """The training loss over both directions of a slice."""
    reach = (-cut.reach, cut.reach)
    return evaluate(
        risk(cut.place.recipe), plane(cut), resolution=SIZE, extent=(reach, reach), progress=progress
    )


@job(maxsize=64)
def spectrum(place: Place, progress: Progress) -> SpectralDensity:
    """How the eigenvalues of the Hessian are spread at a place."""
    return spectral_density(risk(place.recipe), params(place), STEPS, PROBES)


def plane(cut: Slice) -> Plane:
    """The plane of a slice. Biases stay as they are."""
    point = params(cut.place)
    normalize: Normalization = "filter" if cut.filters else "none"
    found = Plane.random(point, cut.seed, normalize, ignore="bias")
    if cut.filters:
        return found
    length = first_norm(cut.place.recipe)
    return Plane(found.origin, _as_long_as(found.u, length), _as_long_as(found.v, length))


def first_norm(recipe: Recipe) -> float:
    """The length of the first weights, which all four share; 1 where they are 0."""
    return norm(risk(recipe).start) or 1.0


def _as_long_as(direction: Params, length: float) -> Params:
    factor = length / _norm(jax.tree.leaves(direction))
    return jax.tree.map(lambda leaf: (factor * leaf).astype(leaf.dtype), direction)


def _norm(leaves: list[Any]) -> float:
    return float(np.sqrt(sum(float(np.sum(np.square(leaf, dtype=float))) for leaf in leaves)))
