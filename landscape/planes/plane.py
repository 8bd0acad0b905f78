"""Planes: two-dimensional slices (a, b) ↦ origin + a·u + b·v of a parameter space."""

from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial, register_dataclass

from landscape.curvature import eigenpairs
from landscape.objectives import (
    Objective,
    Params,
    as_program,
    check_count,
    check_finite,
    check_params,
    floating,
)
from landscape.paths import Path
from landscape.planes.coordinates import Coordinate, unit
from landscape.planes.directions import Normalization, check_normalization, normalized, random_direction
from landscape.planes.nearest import basis_of, nearest
from landscape.planes.principal import principal_directions, signs
from landscape.planes.vectors import across, check_like, host, like, rounding, vector


@register_dataclass
@dataclass(frozen=True, eq=False)
class Plane:
    """A plane in parameter space: (a, b) ↦ origin + a·u + b·v.

    Attributes:
        origin: The point with coordinates (0, 0); any pytree of arrays.
        u: The direction of the first coordinate, shaped like the origin.
        v: The direction of the second coordinate, likewise.
    """

    origin: Params
    u: Params
    v: Params

    def at(self, a: Any, b: Any) -> Params:
        """The parameters with coordinates (a, b).

        Example:
            >>> import numpy as np
            >>> from landscape import Plane
            >>> plane = Plane(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 0, 2.0]))
            >>> plane.at(3.0, 0.5).tolist()
            [3.0, 0.0, 1.0]
        """

        def combine(origin: Any, u: Any, v: Any) -> jax.Array:
            # float64 coordinates do not widen float32 weights
            return jnp.asarray(origin + a * u + b * v, dtype=floating(origin).dtype)

        return jax.tree.map(combine, self.origin, self.u, self.v)

    def locate(self, params: Params) -> tuple[float, float]:
        """The coordinates of the point of the plane that is nearest to some parameters.

        (a, b) minimizes ‖origin + a·u + b·v − θ‖; u and v need not be orthogonal or of length one.

        Args:
            params: θ, shaped like the origin.

        Raises:
            ValueError: The parameters have other shapes, or u and v are parallel.

        Example:
            >>> import numpy as np
            >>> from landscape import Plane
            >>> plane = Plane(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 2.0, 0]))
            >>> plane.locate(np.array([3.0, 1.0, 7.0]))
            (3.0, 0.5)
        """
        check_like(params, self.origin, "params")
        rows = jax.tree.map(lambda leaf: np.asarray(leaf)[None], params)
        basis, triangle = basis_of([self.u, self.v], "`u` and `v`")
        (a, b), *_ = nearest(rows, self.origin, basis, triangle)[0]
        return float(a), float(b)

    @classmethod
    def coordinates(cls, params: Params, first: Coordinate, second: Coordinate) -> "Plane":
        """The plane of two of the parameters themselves, the others held where they are.

        The coordinates are the two parameters' own values: `at(a, b)` sets them to a and b.

        Args:
            params: The point that the plane goes through; any pytree of arrays.
            first: The keys and indices that lead to the number on the first axis, such as
                ("weights", 0); for a single vector an index is enough.
            second: Likewise for the second axis.

        Raises:
            ValueError: The two are the same number, or one of them leads to no single number.

        Example:
            >>> from landscape import Plane
            >>> params = {"weights": [1.0, 2.0], "bias": 5.0}
            >>> Plane.coordinates(params, ("weights", 1), ("bias",)).at(7.0, 8.0)["weights"]
            [Array(1., dtype=float64), Array(7., dtype=float64)]
        """
        # In NumPy: a picture of two numbers of a network should not wait for compiled programs.
        params = host(params)
        u, v = unit(params, first), unit(params, second)
        if all(map(np.array_equal, jax.tree.leaves(u), jax.tree.leaves(v))):
            raise ValueError(f"`first` and `second` must be two different parameters, got {first!r} twice")
        origin = jax.tree.map(
            lambda leaf, du, dv: np.where(du + dv > 0, leaf.dtype.type(0), leaf), params, u, v
        )
        return cls(origin, u, v)

    @classmethod
    def random(
        cls,
        params: Params,
        seed: int = 0,
        normalize: Normalization = "filter",
        *,
        ignore: Literal["bias"] | None = None,
        filter_axis: int = -1,
    ) -> "Plane":
        """The plane of two random directions through a point, of lengths that suit its weights.

        Both directions are drawn, independently of each other, from the standard normal distribution, as
        Li et al. do: in many dimensions they are nearly orthogonal, and they are not made so. Then
        "filter" gives each filter of a direction the norm of that filter of the parameters,
        "layer" does so for each leaf, and "weight" multiplies each number by the parameter it belongs to,
        as the authors' program does, so that it has the parameter's size on average; "none" leaves all
        as drawn. A leaf of fewer than two axes counts as one filter.

        Args:
            params: The point with coordinates (0, 0); any pytree of arrays.
            seed: Of the directions, at least 0.
            normalize: "filter", "layer", "weight" or "none".
            ignore: "bias" makes both directions 0 in leaves of fewer than two axes; None: in none.
            filter_axis: The axis of a leaf of two axes or more that counts its filters: -1 where weights are
                (inputs, outputs), as here and in Flax, 0 where they are (outputs, inputs), as in
                PyTorch and Equinox.

        Raises:
            ValueError: A word, an axis or the seed is not one of those; nothing is left of a direction,
                since all is ignored or the parameters are 0.

        Example:
            >>> import numpy as np
            >>> from landscape import Plane
            >>> params = {"weights": np.array([[3.0, 0.5], [4.0, 0.0]]), "bias": np.array([1.0, 1.0])}
            >>> plane = Plane.random(params, seed=1, ignore="bias")
            >>> np.linalg.norm(plane.u["weights"], axis=0)
            array([5. , 0.5])

        Reference:
            Li, Xu, Taylor, Studer, Goldstein (2018), Visualizing the loss landscape of neural nets,
            section 4, arXiv:1712.09913
        """
        params = host(params)
        check_normalization(params, normalize, ignore, filter_axis)
        rng = np.random.default_rng(check_count("seed", seed, least=0))
        u, v = (
            normalized(random_direction(params, rng), params, normalize, ignore, filter_axis) for _ in "uv"
        )
        if not (vector(u).any() and vector(v).any()):
            raise ValueError(f"`params` must not be zero where `normalize` is {normalize!r}: take 'none'")
        return cls(params, u, v)

    @classmethod
    def principal(cls, path: Path, origin: Params | None = None) -> "Plane":
        r"""The plane along which a path varies most: its first two principal components.

        u and v are the unit vectors with the greatest variance of the iterates about their mean; each
        points the way that the path goes from its first iterate to its last.
        `project(path, plane).explained_variance` is the share of the variance that they hold.

        Args:
            path: With at least three iterates that do not lie on one line.
            origin: The point with coordinates (0, 0); the last iterate by default.

        Raises:
            ValueError: The path is not finite, it does not leave a straight line, or the origin has other
                shapes.

        Example:
            >>> import landscape
            >>> from landscape import FUNCTIONS, OPTIMIZERS, Plane
            >>> adam = OPTIMIZERS["adam"].build(learning_rate=0.1)
            >>> path = landscape.descend(FUNCTIONS["rosenbrock"], adam, num_steps=20)
            >>> round(landscape.project(path, Plane.principal(path)).explained_variance, 6)
            1.0

        Reference:
            Li et al. (2018), section 7; Lorch (2016), Visualizing deep network training trajectories
            with PCA, ICML workshop
        """
        rows = [np.asarray(leaf) for leaf in jax.tree.leaves(path.params)]
        if not all(np.isfinite(leaf).all() for leaf in rows):
            raise ValueError("`path` must be finite: take `path.first(...)` of one that diverges")
        last = jax.tree.map(lambda leaf: np.asarray(leaf[-1]), path.params)
        start = last if origin is None else host(origin)
        check_like(start, last, "origin")
        directions, values, size = principal_directions(rows)
        way = np.concatenate([np.ravel(leaf[-1].astype(float) - leaf[0]) for leaf in rows])
        directions = directions * np.where(directions @ way < 0, -1.0, 1.0)[:, None]
        if values[1] <= rounding(last) * size:
            raise ValueError("`path` must have iterates that do not lie on one line, got one that does")
        u, v = (like(start, direction) for direction in directions)
        return cls(start, u, v)

    @classmethod
    def hessian(cls, objective: Objective, params: Params, *, seed: int = 0) -> "Plane":
        r"""The plane of the two directions in which a loss bends up most.

        u and v are the eigenvectors of the Hessian's two largest eigenvalues, of length one, by Lanczos's
        method; each has its largest number positive. They are those of `eigenpairs(objective, params)`,
        which tells how far they have converged.

        Args:
            objective: The objective.
            params: The point with coordinates (0, 0), shaped like `objective.start`; two numbers or more.
            seed: Of the method's beginning: it settles the directions where an eigenvalue is repeated.

        Raises:
            ValueError: The point does not fit the objective, or the Hessian is not finite there.

        Example:
            >>> from landscape import FUNCTIONS, Plane
            >>> Plane.hessian(FUNCTIONS["ravine"], [3.0, 2.0]).u.round(6).tolist()
            [0.0, 1.0]

        Reference:
            Böttcher, Wheeler (2024), Visualizing high-dimensional loss landscapes with Hessian directions,
            J. Stat. Mech. 023401, doi:10.1088/1742-5468/ad13fc
        """
        point = check_params(objective, params)
        found = eigenpairs(objective, point, largest=2, seed=seed)
        directions = np.stack([vector(each) for each in found.vectors])
        if not np.isfinite(directions).all():
            raise ValueError("`params` must be a point where the Hessian is finite")
        directions *= signs(directions)
        u, v = (like(host(point), direction) for direction in directions)
        return cls(host(point), u, v)

    @classmethod
    def through(cls, p0: Params, p1: Params, p2: Params) -> "Plane":
        """The plane through three points, such as three solutions.

        u = p1 - p0, so that `at(1, 0)` is p1; v is the part of p2 - p0 that is orthogonal to it, made as
        long as u, so that the picture has the shapes of the space. `locate(p2)` tells where p2 is.
        Both are kept in double precision, so that p1 is met also where parameters are of single precision.

        Args:
            p0: The origin; any pytree of arrays.
            p1: Shaped like it.
            p2: Likewise.

        Raises:
            ValueError: The three have other shapes or lie on one line.

        Example:
            >>> import numpy as np
            >>> from landscape import Plane
            >>> plane = Plane.through(np.zeros(3), np.array([2.0, 0, 0]), np.array([1.0, 3, 0]))
            >>> plane.v.tolist(), plane.locate(np.array([1.0, 3, 0]))
            ([0.0, 2.0, 0.0], (0.5, 1.5))

        Reference:
            Garipov, Izmailov, Podoprikhin, Vetrov, Wilson (2018), Loss surfaces, mode connectivity, and
            fast ensembling of DNNs, appendix A.1, arXiv:1802.10026
        """
        p0, p1, p2 = host(p0), host(p1), host(p2)
        check_like(p1, p0, "p1")
        check_like(p2, p0, "p2")
        start, u = vector(p0), vector(p1) - vector(p0)
        other = vector(p2) - start
        v = across(other, u) if u.any() else other
        size = max(np.linalg.norm(start), np.linalg.norm(u), np.linalg.norm(other))
        if not u.any() or np.linalg.norm(v) <= rounding(p0) * size:
            raise ValueError("`p0`, `p1` and `p2` must not lie on one line")
        return cls(p0, like(p0, u, float), like(p0, v * (np.linalg.norm(u) / np.linalg.norm(v)), float))

    @classmethod
    def gradient(cls, objective: Objective, params: Params, update: Params | None = None) -> "Plane":
        r"""The plane of the gradient and of where an optimizer goes instead.

        u = -\nabla L / ||\nabla L||, and v is the part of the update that is orthogonal to it, of length one.
        Without an update v is made of H \nabla L in the same way: with it the plane holds what gradient
        descent does next.

        Args:
            objective: The objective.
            params: The point with coordinates (0, 0), shaped like `objective.start`.
            update: What an optimizer adds to the parameters there, shaped like them.

        Raises:
            ValueError: The parameters or the update do not fit the objective, the update is not finite, the
                gradient is 0 or not finite, or the second direction is parallel to it.

        Example:
            >>> from landscape import FUNCTIONS, Plane
            >>> plane = Plane.gradient(FUNCTIONS["booth"], [0.0, 0.0])
            >>> (plane.u * plane.v).sum().round(12).item()
            0.0
        """
        point = check_params(objective, params)
        if update is not None:
            update = check_params(objective, update, "update")
            check_finite(update, "update")
        gradient, product = (vector(each) for each in _krylov(as_program(objective.loss), point))
        if not (np.isfinite(gradient).all() and gradient.any()):
            raise ValueError("`params` must be a point where the gradient is finite and not 0")
        name = "H times the gradient" if update is None else "`update`"
        other = product if update is None else vector(update)
        v = across(other, gradient)
        point = host(point)
        if not np.linalg.norm(v) > 8 * rounding(point) * np.linalg.norm(other):
            raise ValueError(
                f"{name} must not be parallel to the gradient" + " (give an `update`)" * (update is None)
            )
        u = -gradient / np.linalg.norm(gradient)
        return cls(point, like(point, u), like(point, v / np.linalg.norm(v)))


@jax.jit
def _krylov(loss: Partial, params: Params) -> tuple[Params, Params]:
    """The gradient g and the Hessian's product with it, H g."""
    gradient = jax.grad(loss)(params)
    return gradient, jax.jvp(jax.grad(loss), (params,), (gradient,))[1]
