"""What the tables of functions are written with: points as rows, and the survey they share."""

import numpy as np

SURVEY = (
    "Jamil, M. and Yang, X.-S. (2013). A literature survey of benchmark functions for global "
    "optimisation problems. doi:10.1504/IJMMNO.2013.055204"
)
"""Where a function is printed whose first source is hard to come by."""


def points(*rows: tuple[float, float]) -> np.ndarray:
    """Points as rows, shape (k, 2); read-only, since everybody shares the registry."""
    array = np.array(rows, dtype=float).reshape(-1, 2)
    array.flags.writeable = False
    return array


def start_at(x: float, y: float) -> np.ndarray:
    """One point, shape (2,); NumPy, so that it is float64 whatever JAX is set to when this is read."""
    return points((x, y))[0]
