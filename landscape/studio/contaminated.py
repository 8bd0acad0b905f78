"""A line with outliers as the study Outliers asks for it, kept by names and numbers."""

from dataclasses import dataclass

from landscape import LOSSES, Dataset, Surface
from landscape.losses import Loss
from landscape.objectives import Domain
from landscape.studio.cached import Numbers, Point
from landscape.studio.shared import shared
from landscape.surfaces import evaluate
from landscape.tasks.outliers import LineFit, contaminated_line, fit_line, line_landscape, seen

FITS = ("mse", "mae", "huber", "log-cosh", "quantile")
"""The losses whose fits are seen together."""

RESOLUTION = 41
"""Grid points along each axis of a small picture."""


@dataclass(frozen=True)
class Points:
    """The points: their seed, and where the first of them have been moved."""

    seed: int
    moved: tuple[Point, ...] = ()

    @property
    def clean(self) -> "Points":
        """The same points where they stood."""
        return Points(self.seed)


@dataclass(frozen=True)
class Fitted:
    """A loss of the catalogue with the numbers inside it."""

    name: str
    numbers: Numbers = ()

    @property
    def loss(self) -> Loss:
        """The loss."""
        return LOSSES[self.name].replace(**dict(self.numbers))


@shared(maxsize=256)
def dataset(points: Points) -> Dataset:
    """The points as a table."""
    return contaminated_line(points.moved, points.seed)


@shared(maxsize=256)
def fit(points: Points, fitted: Fitted) -> LineFit:
    """The line that a loss makes of the points."""
    return fit_line(dataset(points), fitted.loss)


@shared(maxsize=128)
def surface(points: Points, fitted: Fitted, window: Domain) -> Surface:
    """The landscape of a loss over slope and intercept."""
    return evaluate(line_landscape(dataset(points), fitted.loss, window), resolution=RESOLUTION)


def window(points: Points, losses: tuple[Fitted, ...]) -> Domain:
    """What all the landscapes show: every minimizer, with the outliers and without."""
    return seen([fit(each, fitted) for each in (points, points.clean) for fitted in losses])
