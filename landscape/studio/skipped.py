"""The same network with and without skips, trained alike, and how rough the slice about each end is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from landscape.parts import Progress
from landscape.roughness import Roughness, roughness
from landscape.studio import sliced, trained
from landscape.studio.jobs import Jobs, Wanted, job
from landscape.studio.sliced import Cut
from landscape.studio.trained import Recipe

Family = Literal["perceptron", "convolutional"]

PAIRS: Mapping[Family, tuple[str, str]] = {
    "perceptron": ("mlp", "residual-mlp"),
    "convolutional": ("convolutional", "residual-convolutional"),
}
"""Names of `MODELS`, without and with skips; from one seed both have the same first weights."""

SIZES: Mapping[Family, tuple[int, int]] = {"perceptron": (13, 25), "convolutional": (7, 13)}
"""Grid points along each axis: a first look, and what is measured; a convolution takes ten times as long."""


@dataclass(frozen=True)
class Pair:
    """Two networks that differ in their skips alone.

    Args:
        family: A name of `PAIRS`.
        recipe: How both are trained; its network is the one without skips.
        plane_seed: Of the random directions.
        reach: How far the slice reaches, in the lengths of the network's filters.
    """

    family: Family
    recipe: Recipe
    plane_seed: int = 0
    reach: float = 1.0

    def with_seed(self, seed: int) -> "Pair":
        """The same from other first weights, and another order of the examples."""
        return replace(self, recipe=replace(self.recipe, network=self.recipe.network.with_seed(seed)))

    @property
    def sizes(self) -> tuple[int, int]:
        """Grid points along each axis: a first look, and what is measured."""
        return SIZES[self.family]

    @property
    def recipes(self) -> tuple[Recipe, Recipe]:
        """How each is trained, without skips first."""
        plain, residual = (
            replace(self.recipe, network=replace(self.recipe.network, model=name))
            for name in PAIRS[self.family]
        )
        return plain, residual

    @property
    def cuts(self) -> tuple[Cut, Cut]:
        """The slice about each one's end."""
        plain, residual = (
            Cut(recipe, "random", "filter", self.plane_seed, self.reach) for recipe in self.recipes
        )
        return plain, residual


class Outcome(NamedTuple):
    """How one of the two has done.

    Attributes:
        epochs: When the records were made (records,).
        records: The loss and each measure of the network, by name, (records,) each.
        roughness: Of the slice about its end; None where the training diverged: it has no end.
        size: Grid points of the slice along each axis.
        diverged: The epoch at which the training diverged, or None.
    """

    epochs: np.ndarray
    records: Mapping[str, np.ndarray]
    roughness: Roughness | None
    size: int
    diverged: float | None

    def last(self, name: str) -> float:
        """The last of a record; NaN where there is none, or the training diverged."""
        if self.diverged is not None or name not in self.records:
            return float("nan")
        return float(self.records[name][-1])

    @property
    def negative_share(self) -> float:
        """The share of the slice at which it bends down somewhere."""
        return float("nan") if self.roughness is None else self.roughness.negative_share

    @property
    def ratio(self) -> float:
        """The median of |λmin / λmax| over the slice, 0 where λmin is not negative; a mean has no bound."""
        if self.roughness is None or not np.isfinite(self.roughness.ratios).any():
            return float("nan")
        return float(np.nanmedian(self.roughness.ratios))

    @property
    def num_minima(self) -> float:
        """The local minima of the slice."""
        return float("nan") if self.roughness is None else float(self.roughness.num_minima)


@job(maxsize=96)
def outcome(cut: Cut, size: int, progress: Progress) -> Outcome:
    """How a network has done, whose training is there, and how rough the slice about its end is."""
    training = sliced.training(cut.recipe)
    found, diverged = None, None
    if training.diverged_at is None:
        found = roughness(
            sliced.objective(cut.recipe),
            sliced.plane(cut),
            resolution=size,
            extent=sliced.extent(cut),
            progress=progress,
        )
    else:
        diverged = float(training.steps[training.diverged_at] / training.steps_per_epoch)
    return Outcome(training.epochs, training.records, found, size, diverged)


class Both(NamedTuple):
    """What the two have come to."""

    plain: Outcome
    residual: Outcome


def both(pair: Pair, size: int | None = None) -> Both | None:
    """The outcomes of a pair, if both are there; on the grid of the numbers where no size is given."""
    plain, residual = (outcome.kept(cut, size or pair.sizes[-1]) for cut in pair.cuts)
    return None if plain is None or residual is None else Both(plain, residual)


def finest(pair: Pair) -> Both | None:
    """The outcomes of a pair on the finest grid that is there, if there is one."""
    return next((found for size in reversed(pair.sizes) if (found := both(pair, size))), None)


def seeds(seed: int, count: int) -> tuple[int, ...]:
    """The seeds that are compared: a block of so many that holds the given one.

    Example:
        >>> seeds(4, 3), seeds(4, 1)
        ((3, 4, 5), (4,))
    """
    first = seed - seed % count
    return tuple(range(first, first + count))


class Stage(NamedTuple):
    """Jobs that are begun together, and what they are for."""

    kind: Literal["training", "first", "measuring"]
    seed: int
    wanted: tuple[Wanted, Wanted]


def stages(pair: Pair, compared: tuple[int, ...]) -> list[Stage]:
    """All that is still to be done, one after the other: the pair that is shown, then the other seeds."""
    shown = pair.recipe.network.seed
    found = []
    for seed in (shown, *(seed for seed in compared if seed != shown)):
        each = pair.with_seed(seed)
        if both(each) is not None:
            continue
        found.append(Stage("training", seed, _of(trained.training, [(recipe,) for recipe in each.recipes])))
        if seed == shown:
            found.append(Stage("first", seed, _of(outcome, [(cut, pair.sizes[0]) for cut in each.cuts])))
        found.append(Stage("measuring", seed, _of(outcome, [(cut, pair.sizes[-1]) for cut in each.cuts])))
    return found


def _of(jobs: Jobs, args: list[tuple]) -> tuple[Wanted, Wanted]:
    plain, residual = (Wanted(jobs, each) for each in args)
    return plain, residual
