"""Likelihood: data under a distribution, as its product of densities and as the loss that it is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from landscape.losses import LOSSES
from landscape.losses.loss import Check
from landscape.objectives import check_count

Support = Literal["numbers", "counts", "classes"]
"""What is seen: any numbers, how many of something, or which class."""

ROOM = 2048
"""Data are filled up to a multiple of this, so that one program serves every count up to it."""

TOGETHER = 64
"""Parameters measured at once: one program, whatever their number, whose numbers fit a processor's cache."""


@dataclass(frozen=True)
class Measured:
    """What data say of m parameters.

    Args:
        likelihoods: The product of the data's densities (m,), as double precision has it: 0 below 1e-308.
        negative_log_likelihoods: The mean of -log density (m,), from the density.
        losses: factor * mean loss + constant (m,), from the loss of the catalogue: the same numbers by
            another way.
    """

    likelihoods: np.ndarray
    negative_log_likelihoods: np.ndarray
    losses: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class Likelihood:
    """A distribution of one parameter (or two), and the loss that is its negative logarithm.

    -log p(x | theta) = factor * loss(prediction(theta), x) + constant

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        loss: The name of the loss in `LOSSES`.
        support: What is seen.
        symbols: What the parameters are called in formulas.
        meaning: What they are, in a few words.
        formula: The density, LaTeX.
        logarithm: Its negative logarithm, LaTeX.
        identity: The loss with its factor and constant, as a reader sees it.
        factor: What the loss is multiplied by.
        constant: What is then added.
        log_density: (x, theta) -> log p(x | theta), for x of any shape.
        prediction: theta -> what the loss is told.
        maximizer: Data -> the parameter of the greatest likelihood.
        draw: (generator, count) -> data.
        truth: The parameter with which `draw` draws.
        low: The least parameter that is looked at.
        high: The greatest.
        start: Where to begin to look: not at the estimate.
        reference: Where the connection comes from.
        checks: What the values of "data" and of "parameter" must fulfil.
    """

    name: str
    title: str
    loss: str
    support: Support
    symbols: tuple[str, ...]
    meaning: str
    formula: str
    logarithm: str
    identity: str
    factor: float
    constant: float
    log_density: Callable[[Any, Any], jax.Array]
    prediction: Callable[[Any], jax.Array]
    maximizer: Callable[[np.ndarray], np.ndarray]
    draw: Callable[[np.random.Generator, int], np.ndarray]
    truth: tuple[float, ...]
    low: float
    high: float
    start: tuple[float, ...]
    reference: str
    checks: tuple[Check, ...] = ()

    def sample(self, count: int, seed: int) -> np.ndarray:
        """Data drawn with the parameter `truth`; the first of them are the same for every count.

        Args:
            count: How many, at least 1.
            seed: Of the draw, at least 0.

        Returns:
            Data (count,): numbers, counts or class numbers.

        Raises:
            ValueError: Fewer than 1, or the seed is negative.

        Example:
            >>> from landscape.likelihoods import LIKELIHOODS
            >>> LIKELIHOODS["bernoulli"].sample(5, seed=0).tolist()
            [1.0, 1.0, 1.0, 1.0, 0.0]
        """
        return self.draw(np.random.default_rng(check_count("seed", seed, 0)), check_count("count", count))

    def density(self, data: ArrayLike, parameter: ArrayLike) -> np.ndarray:
        """The density, or the probability, of each of some data.

        Args:
            data: Any shape, at least one.
            parameter: A number; for the categorical distribution two logits.

        Returns:
            Densities of the shape of `data`.

        Raises:
            ValueError: There are no data, or one or the parameter is not possible.

        Example:
            >>> from landscape.likelihoods import LIKELIHOODS
            >>> LIKELIHOODS["gaussian"].density([0.0, 2.0], 1.0).round(4).tolist()
            [0.242, 0.242]
        """
        array = np.asarray(data)
        filled, count = _filled(self._seen(array.ravel()))
        found = np.asarray(_log_density(self, filled, self._place(parameter)))
        return np.exp(found[:count]).reshape(array.shape)

    def estimate(self, data: ArrayLike) -> np.ndarray:
        """The maximum-likelihood estimate, in closed form.

        Args:
            data: As of `sample`, at least one.

        Returns:
            The parameter: a number, or two logits, which are infinite where a class was never seen.

        Raises:
            ValueError: There are no data, or one is not possible.

        Example:
            >>> from landscape.likelihoods import LIKELIHOODS
            >>> float(LIKELIHOODS["laplace"].estimate([0.0, 1.0, 9.0]))
            1.0
        """
        return np.asarray(self.maximizer(self._seen(data)), float)

    def measure(self, data: ArrayLike, parameters: ArrayLike) -> Measured:
        """The likelihood, the mean negative log-likelihood and the loss at each of some parameters.

        The likelihood is the product of the densities, multiplied out: with many data it underflows, and
        the mean of the logarithms does not.

        Args:
            data: As of `sample`, at least one.
            parameters: m numbers, or (m, 2) logits, at least one.

        Returns:
            A `Measured` of m numbers each.

        Raises:
            ValueError: There are no data, or one or the parameter is not possible.

        Example:
            >>> from landscape.likelihoods import LIKELIHOODS
            >>> found = LIKELIHOODS["gaussian"].measure([0.0, 2.0], [1.0])
            >>> found.negative_log_likelihoods.round(6).tolist(), found.losses.round(6).tolist()
            ([1.418939], [1.418939])
        """
        filled, count = _filled(self._seen(data))
        places = self._place(parameters, many=True)
        lacking = np.repeat(places[:1], -len(places) % TOGETHER, axis=0)
        parts = np.split(np.concatenate([places, lacking]), range(TOGETHER, len(places), TOGETHER))
        found = [_measure(self, filled, count, part) for part in parts]
        return Measured(*(np.concatenate(kind)[: len(places)] for kind in zip(*found, strict=True)))

    def slope(self, data: ArrayLike, parameter: ArrayLike) -> np.ndarray:
        """The derivative of the mean negative log-likelihood; 0 at the estimate.

        At the corner of an absolute value the slope is the mean of both sides.

        Args:
            data: As of `sample`, at least one.
            parameter: A number, or two logits.

        Returns:
            A number, or two.

        Raises:
            ValueError: There are no data, or one or the parameter is not possible.

        Example:
            >>> from landscape.likelihoods import LIKELIHOODS
            >>> float(LIKELIHOODS["gaussian"].slope([0.0, 2.0], 4.0))
            3.0
        """
        filled, count = _filled(self._seen(data))
        return np.asarray(_slope(self, filled, count, self._place(parameter)))

    def _seen(self, data: ArrayLike) -> np.ndarray:
        array = np.asarray(data)
        if array.ndim != 1 or array.size == 0:
            raise ValueError(
                f"`data` must be numbers of a shape (n,), at least 1, got the shape {array.shape}"
            )
        for check in self.checks:
            check({"data": array})
        return array

    def _place(self, parameter: ArrayLike, *, many: bool = False) -> np.ndarray:
        """The parameter, or m of them, as an array."""
        array, two = np.asarray(parameter, float), len(self.symbols) == 2
        if array.ndim != many + two or array.shape[int(many) :] != (2,) * two or array.size == 0:
            name = "parameters" if many else "parameter"
            wanted = ("(m, 2)" if two else "(m,)") if many else ("(2,)" if two else "()")
            raise ValueError(f"`{name}` must have the shape {wanted}, got {array.shape}")
        for check in self.checks:
            check({"parameter": array})
        return array


def _filled(data: np.ndarray) -> tuple[np.ndarray, int]:
    """The data, filled up with copies of the first, and how many are real."""
    room = -(-data.size // ROOM) * ROOM
    return np.concatenate([data, np.full(room - data.size, data[0])]), data.size


@partial(jax.jit, static_argnums=0)
def _log_density(likelihood: Likelihood, data: jax.Array, parameter: jax.Array) -> jax.Array:
    return likelihood.log_density(data, parameter)


def _mean(values: jax.Array, count: int) -> jax.Array:
    """The mean of the first `count`."""
    real = jnp.arange(len(values)) < count
    return jnp.sum(values, axis=0, where=real.reshape(-1, *[1] * (values.ndim - 1))) / count


@partial(jax.jit, static_argnums=0)
def _measure(likelihood: Likelihood, data: jax.Array, count: int, parameters: jax.Array) -> Any:
    beside_each = jax.vmap(LOSSES[likelihood.loss].function, in_axes=(None, 0))

    def one(parameter: jax.Array) -> tuple[jax.Array, ...]:
        logarithms = likelihood.log_density(data, parameter)
        factors = jnp.where(jnp.arange(data.size) < count, jnp.exp(logarithms), 1.0)
        costs = beside_each(likelihood.prediction(parameter), data)
        return (
            jnp.prod(factors),
            0.0 - _mean(logarithms, count),  # and not -0 where everything is certain
            likelihood.factor * _mean(costs, count) + likelihood.constant,
        )

    return jax.vmap(one)(parameters)


@partial(jax.jit, static_argnums=0)
def _slope(likelihood: Likelihood, data: jax.Array, count: int, parameter: jax.Array) -> jax.Array:
    # Of each datum, and only then the mean: what fills the room may have an infinite slope.
    slopes = jax.vmap(jax.grad(likelihood.log_density, argnums=1), in_axes=(0, None))(data, parameter)
    return 0.0 - _mean(slopes, count)
