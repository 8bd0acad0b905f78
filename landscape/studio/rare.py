"""Lines between a rare and a common class that readers share: fits, scores, curves and landscapes."""

from dataclasses import dataclass

import numpy as np

from landscape import LOSSES, Dataset, Loss, Surface, evaluate
from landscape.objectives import Domain
from landscape.studio.cached import Numbers
from landscape.studio.shared import shared
from landscape.tasks.imbalance import fitted_line, imbalanced_clouds, line_landscape
from landscape.tasks.scores import operating_curve

PLAIN, BALANCED, FOCAL = "binary-cross-entropy", "balanced-cross-entropy", "focal"
NAMES = (PLAIN, BALANCED, FOCAL)
"""The losses that are compared."""

COUNTS = (50, 100, 250, 500)
"""Numbers of examples that share one compiled program."""

RESOLUTION = 37
"""Grid points along each axis of a landscape."""

Line = tuple[float, float, float]


@dataclass(frozen=True)
class Setting:
    """The data and the numbers of the focal loss.

    Args:
        share: Of the rare class.
        num_examples: One of `COUNTS`.
        distance: Of the clouds' centres.
        seed: Of the places.
        numbers: Of the focal loss.
    """

    share: float
    num_examples: int
    distance: float
    seed: int
    numbers: Numbers


def loss_of(setting: Setting, name: str) -> Loss:
    """One of the losses, with its numbers."""
    return LOSSES[name].replace(**dict(setting.numbers)) if name == FOCAL else LOSSES[name]


def without_focal(setting: Setting, name: str) -> Setting:
    """What a loss's results depend on: the numbers of the focal loss are nothing to the others."""
    if name == FOCAL:
        return setting
    return Setting(setting.share, setting.num_examples, setting.distance, setting.seed, ())


@shared(maxsize=32)
def clouds(share: float, num_examples: int, distance: float, seed: int) -> Dataset:
    """The data."""
    return imbalanced_clouds(share, num_examples, distance, seed)


def data_of(setting: Setting) -> Dataset:
    """The data of a setting."""
    return clouds(setting.share, setting.num_examples, setting.distance, setting.seed)


def line(setting: Setting, name: str) -> Line:
    """The line of one of the losses, (w₁, w₂, b)."""
    return _fit(without_focal(setting, name), name)[0]


def has_minimizer(setting: Setting, name: str) -> bool:
    """Whether the line is a minimizer; where one class counts nothing there is none."""
    return _fit(without_focal(setting, name), name)[1]


@shared(maxsize=128)
def _fit(setting: Setting, name: str) -> tuple[Line, bool]:
    found, converged = fitted_line(data_of(setting), loss_of(setting, name))
    return (float(found[0]), float(found[1]), float(found[2])), converged


def logits(setting: Setting, fit: Line) -> np.ndarray:
    """What a line says of each example, (n,)."""
    return data_of(setting).inputs @ np.array(fit[:2]) + fit[2]


def curve(setting: Setting, fit: Line) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thresholds, false alarms and recalls of a line, as of `operating_curve`."""
    return operating_curve(data_of(setting).targets, logits(setting, fit))


def window(setting: Setting) -> Domain:
    """The limits of w₁ and b in which all minimizers lie, in steps, so that it seldom changes."""
    lines = np.array([line(setting, name) for name in NAMES if has_minimizer(setting, name)])
    low, high = lines.min(axis=0), lines.max(axis=0)
    return (
        (min(-1.0, float(np.floor(low[0] - 0.5))), max(5.0, float(np.ceil(high[0] + 0.5)))),
        (min(-6.0, float(np.floor(low[2] - 1.0))), max(3.0, float(np.ceil(high[2] + 1.0)))),
    )


def surface(setting: Setting, name: str) -> Surface:
    """The landscape of one of the losses over (w₁, b), with w₂ where its line has it."""
    return _surface(without_focal(setting, name), name, window(setting))


@shared(maxsize=128)
def _surface(setting: Setting, name: str, domain: Domain) -> Surface:
    fit = line(setting, name)
    objective = line_landscape(data_of(setting), loss_of(setting, name), fit[1], domain)
    return evaluate(objective, resolution=RESOLUTION)
