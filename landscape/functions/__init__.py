"""Analytic test functions of two parameters, with everything that is published about them.

Every loss takes `point`, an array of shape (2,) that holds (x, y), and returns a scalar. Each
entry of `FUNCTIONS` is an `Objective` with a formula, a domain worth looking at, a start that makes
an instructive path, and one value known away from the minimum. `minimizers` are all global
minimizers inside the domain: mccormick is unbounded below outside of its own, and branin repeats
its minima there. The saddles are unbounded below: no rows in `minimizers`, and `minimum` is None.

Example:
    >>> import landscape  # turns float64 on
    >>> from landscape.functions import FUNCTIONS
    >>> himmelblau = FUNCTIONS["himmelblau"]
    >>> float(himmelblau.loss(himmelblau.minimizers[0])), len(himmelblau.minimizers)
    (0.0, 4)
"""

from landscape.functions.polynomials import POLYNOMIALS
from landscape.functions.quadratics import QUADRATICS
from landscape.functions.sigmoids import SIGMOIDS
from landscape.functions.waves import WAVES
from landscape.objectives import Objective
from landscape.registries import Registry

__all__ = ["FUNCTIONS"]

FUNCTIONS: Registry[Objective] = Registry("function", (*QUADRATICS, *POLYNOMIALS, *WAVES, *SIGMOIDS))
"""Every analytic function, from the simplest to the most awkward."""
