"""Files: a plane as named arrays that any program reads, and a plane made of such arrays again."""

from collections.abc import Mapping

import jax
import numpy as np

from landscape.objectives import Params
from landscape.planes.plane import Plane
from landscape.planes.vectors import host

PARTS = ("origin", "u", "v")


def named(plane: Plane) -> dict[str, np.ndarray]:
    """The arrays of a plane, by its part and the way that leads to the leaf.

    Example:
        >>> import numpy as np
        >>> from landscape import Plane
        >>> from landscape.planes.files import named
        >>> sorted(named(Plane.random({"a": np.ones(3)})))
        ['origin/a', 'u/a', 'v/a']
    """
    return {
        f"{part}/{way}": leaf for part in PARTS for way, leaf in leaves_of(host(getattr(plane, part))).items()
    }


def plane_from(arrays: Mapping[str, np.ndarray], like: Params) -> Plane:
    """A plane of arrays as `named` gives them.

    Args:
        arrays: By name; others beside them do not matter.
        like: Parameters of the structure that the plane is to have, and of its shapes.

    Returns:
        The `Plane`; origin and directions have the types that they were written in.

    Raises:
        ValueError: An array is missing, has another shape, or is not made of finite numbers.

    Example:
        >>> import numpy as np
        >>> from landscape import Plane
        >>> from landscape.planes.files import named, plane_from
        >>> plane = Plane.random({"a": np.ones(3)}, seed=1)
        >>> again = plane_from(named(plane), plane.origin)
        >>> bool((again.u["a"] == plane.u["a"]).all())
        True
    """
    wanted = leaves_of(like)
    structure = jax.tree.structure(like)
    parts = []
    for part in PARTS:
        leaves = []
        for way, leaf in wanted.items():
            name = f"{part}/{way}"
            if name not in arrays:
                raise ValueError(f"the plane must have an array {name!r} for these parameters, got none")
            array = np.asarray(arrays[name])
            if array.shape != np.shape(leaf):
                raise ValueError(
                    f"{name!r} of the plane must have the shape {np.shape(leaf)}, got {array.shape}"
                )
            if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
                raise ValueError(f"{name!r} of the plane must be finite numbers, got others")
            leaves.append(array)
        parts.append(jax.tree.unflatten(structure, leaves))
    return Plane(*parts)


def leaves_of(params: Params) -> dict[str, np.ndarray]:
    """The leaves of a pytree by the way that leads to each, such as "layers/0/bias"; of an array "value"."""
    return {
        jax.tree_util.keystr(keys, simple=True, separator="/") or "value": leaf
        for keys, leaf in jax.tree.leaves_with_path(params)
    }
