"""Products: the Hessian times a vector, without the Hessian."""

from collections.abc import Callable

import jax
from jax.tree_util import Partial

from landscape.objectives import Objective, Params, as_program, check_params


def hessian_product(objective: Objective, params: Params) -> Callable[[Params], Params]:
    r"""The Hessian of a loss at a point, as a function of a direction.

    Hv = \frac{d}{dt} \nabla L(\theta + t v) at t = 0, forward-mode differentiation over
    reverse-mode: for some four times the price of the loss and no more memory than a gradient.
    The numbers in the loss, the point and the direction are traced: nothing is compiled for others.

    Args:
        objective: The objective, over any pytree.
        params: \theta, shaped like `objective.start`.

    Returns:
        A function of a direction, shaped like the parameters, to the product, likewise.

    Raises:
        ValueError: The point does not fit the objective; from the function, the direction does not.

    Example:
        >>> from landscape import FUNCTIONS
        >>> from landscape.curvature import hessian_product
        >>> hessian_product(FUNCTIONS["ravine"], [3.0, 2.0])([1.0, 1.0]).tolist()
        [1.0, 25.0]

    Reference:
        Pearlmutter (1994), Fast exact multiplication by the Hessian, doi:10.1162/neco.1994.6.1.147
    """
    loss, point = as_program(objective.loss), check_params(objective, params)

    def product(direction: Params) -> Params:
        return multiply(loss, point, check_params(objective, direction, "direction"))

    return product


@jax.jit
def multiply(loss: Partial, params: Params, direction: Params) -> Params:
    """The product as a program of the loss, the point and the direction."""
    return jax.jvp(jax.grad(loss), (params,), (direction,))[1]
