"""Lines: one-dimensional slices t ↦ origin + t·direction of a parameter space."""

from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
from jax.tree_util import register_dataclass

from landscape.objectives import Params, floating
from landscape.planes.directions import Normalization, check_normalization, normalized
from landscape.planes.vectors import check_like, host, like, vector


@register_dataclass
@dataclass(frozen=True, eq=False)
class Line:
    """A line in parameter space: t ↦ origin + t·direction.

    Attributes:
        origin: The point with coordinate 0; any pytree of arrays.
        direction: Where the line goes, shaped like the origin.
    """

    origin: Params
    direction: Params

    def at(self, t: Any) -> Params:
        """The parameters with coordinate t, of the origin's types.

        Example:
            >>> import numpy as np
            >>> from landscape import Line
            >>> Line(np.zeros(2), np.array([1.0, 2.0])).at(0.5).tolist()
            [0.5, 1.0]
        """
        return jax.tree.map(
            lambda origin, along: jnp.asarray(origin + t * along, dtype=floating(origin).dtype),
            self.origin,
            self.direction,
        )

    @classmethod
    def between(cls, p0: Params, p1: Params) -> "Line":
        """The line through two points: t = 0 is the first, t = 1 the second.

        The direction p1 - p0 is kept in double precision, so that `at(1)` is p1 also where the
        parameters are of single precision.

        Args:
            p0: Any pytree of arrays.
            p1: Shaped like the first.

        Raises:
            ValueError: The two have other shapes, or are the same point.

        Example:
            >>> from landscape import Line
            >>> Line.between({"a": [1.0]}, {"a": [4.0]}).at(1.0)
            {'a': [Array(4., dtype=float64)]}

        Reference:
            Goodfellow, Vinyals, Saxe (2015), Qualitatively characterizing neural network optimization
            problems, arXiv:1412.6544
        """
        p0, p1 = host(p0), host(p1)
        check_like(p1, p0, "p1")
        difference = vector(p1) - vector(p0)
        if not difference.any():
            raise ValueError("`p0` and `p1` must be two different points, got one twice")
        return cls(p0, like(p0, difference, float))

    @classmethod
    def along(
        cls,
        params: Params,
        direction: Params,
        *,
        normalize: Normalization = "none",
        ignore: Literal["bias"] | None = None,
        filter_axis: int = -1,
    ) -> "Line":
        """The line from a point along a direction: t = 0 is the point.

        Args:
            params: Any pytree of arrays.
            direction: Shaped like the parameters.
            normalize: The direction's lengths, as for `Plane.random`: "filter", "layer", "weight" or
                "none".
            ignore: "bias" makes the direction 0 in leaves of fewer than two axes; None: in none.
            filter_axis: The axis of a leaf that counts its filters.

        Raises:
            ValueError: The direction has other shapes or is 0, or a word or an axis is unknown.

        Example:
            >>> from landscape import Line
            >>> Line.along([1.0, 2.0], [0.0, 1.0]).at(3.0)[1].item()
            5.0
        """
        params, direction = host(params), host(direction)
        check_like(direction, params, "direction")
        check_normalization(params, normalize, ignore, filter_axis)
        found = normalized(direction, params, normalize, ignore, filter_axis)
        if not vector(found).any():
            raise ValueError("`direction` must not be zero (after normalization)")
        return cls(params, found)
