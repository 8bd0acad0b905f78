"""Data under a distribution that readers share, and what they say of its parameter, kept by numbers."""

from dataclasses import dataclass

import numpy as np

from landscape.likelihoods import LIKELIHOODS, Likelihood, Measured
from landscape.studio.shared import shared

CURVE, MAP = 401, 51
"""Parameters of a curve, and of each side of a map."""

Parameter = tuple[float, ...]
"""One number, or two logits."""


@dataclass(frozen=True)
class Seen:
    """What was seen: a distribution, how many data, and the seed that drew them."""

    name: str
    count: int
    seed: int

    @property
    def likelihood(self) -> Likelihood:
        """The distribution."""
        return LIKELIHOODS[self.name]

    def data(self) -> np.ndarray:
        """The data."""
        return self.likelihood.sample(self.count, self.seed)


@shared(maxsize=128)
def estimate(seen: Seen) -> Parameter:
    """The maximum-likelihood estimate."""
    return tuple(float(number) for number in np.atleast_1d(seen.likelihood.estimate(seen.data())))


@dataclass(frozen=True)
class Numbers:
    """The numbers at one parameter: the likelihood, its mean negative logarithm, the loss, and the slopes."""

    likelihood: float
    surprise: float
    loss: float
    slopes: Parameter


@shared(maxsize=256)
def at(seen: Seen, parameter: Parameter) -> Numbers:
    """The numbers at one parameter."""
    data, place = seen.data(), place_of(parameter)
    found = seen.likelihood.measure(data, place[None])
    slopes = np.atleast_1d(seen.likelihood.slope(data, place))
    return Numbers(
        float(found.likelihoods[0]),
        float(found.negative_log_likelihoods[0]),
        float(found.losses[0]),
        tuple(float(slope) for slope in slopes),
    )


def place_of(parameter: Parameter) -> np.ndarray:
    """The parameter as the library takes it: a number, or two logits."""
    return np.asarray(parameter if len(parameter) > 1 else parameter[0])


@shared(maxsize=64)
def over(seen: Seen, low: float, high: float) -> tuple[np.ndarray, Measured]:
    """The same over a range of the parameter, or over a square of both logits."""
    if len(seen.likelihood.symbols) == 1:
        places = np.linspace(low, high, CURVE)
        return places, seen.likelihood.measure(seen.data(), places)
    places = np.linspace(low, high, MAP)
    first, second = np.meshgrid(places, places)
    pairs = np.stack([first.ravel(), second.ravel()], axis=1)
    return places, seen.likelihood.measure(seen.data(), pairs)
