"""Expansions: a risk to second order at any parameters, by one compiled program for data of one shape."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape.objectives import Params
from landscape.risk.empirical import RiskProgram


class Expansion(NamedTuple):
    """A loss at a point to second order: its value, gradient (n,) and Hessian (n, n), in NumPy's arrays."""

    value: float
    gradient: np.ndarray
    hessian: np.ndarray

    def along(self, directions: np.ndarray) -> "Expansion":
        """The same in coordinates along the columns of an array (n, m)."""
        return Expansion(self.value, directions.T @ self.gradient, directions.T @ self.hessian @ directions)

    @property
    def is_finite(self) -> bool:
        """Whether all its numbers are finite."""
        return all(bool(np.isfinite(part).all()) for part in self)


Expand = Callable[[float, Params], Expansion]
"""(width, params) -> the loss with its corners rounded over the width, to second order there.

Over the width 0 its value is that of the loss itself.
"""


@dataclass(frozen=True, eq=False)
class Differentiated:
    """Of any program (width, params) -> loss, by differentiating it twice."""

    program: Partial

    def __call__(self, width: float, params: Params) -> Expansion:
        """The loss to second order."""
        return _expansion(*_differentiate(self.program, float(width), params))


class ByExample:
    """Of the risk of a model whose output is affine in the parameters: H = JᵀWJ and the penalty's diagonal.

    J holds the derivatives of the examples' outputs, which are the same everywhere, and W the second
    derivatives of the loss by all outputs: of a loss of all examples together they are no diagonal, and
    are never formed, since WJ is found column by column.
    """

    def __init__(self, loss: Partial, start: Params) -> None:
        self.loss = loss
        program: Any = loss.func
        inputs = np.asarray(loss.args[0]["inputs"])
        units = np.eye(flat(start).size)

        def outputs(vector: np.ndarray) -> np.ndarray:
            return np.asarray(program.model.apply(shaped(start, vector), inputs)).reshape(len(inputs), -1)

        origin = outputs(np.zeros(len(units)))
        self.jacobian = jnp.asarray(np.stack([outputs(unit) - origin for unit in units]))

    def __call__(self, width: float, params: Params) -> Expansion:
        """The loss to second order."""
        return _expansion(*_by_example(self.loss, self.jacobian, float(width), params))


def expansion_of(loss: Partial, start: Params) -> Expand:
    """What expands a loss of parameters shaped like the start."""
    program = loss.func
    if not isinstance(program, RiskProgram):
        return Differentiated(Partial(as_it_is, loss))
    if program.model.affine:
        return ByExample(loss, start)
    return Differentiated(Partial(_Smooth(program), *loss.args))


def flat(params: Params) -> np.ndarray:
    """All numbers of a pytree in one vector, without a compiled program."""
    leaves = jax.tree.leaves(params)
    return np.concatenate([np.ravel(np.asarray(leaf, dtype=float)) for leaf in leaves] or [np.zeros(0)])


def shaped(like: Params, vector: np.ndarray) -> Params:
    """The numbers of a vector in the structure, shapes and types of a pytree."""
    leaves, structure = jax.tree.flatten(like)
    ends = np.cumsum([np.size(leaf) for leaf in leaves])
    parts = np.split(vector, ends[:-1])
    return jax.tree.unflatten(
        structure,
        [
            np.reshape(part, np.shape(leaf)).astype(np.asarray(leaf).dtype)
            for part, leaf in zip(parts, leaves, strict=True)
        ],
    )


def _expansion(value: Any, gradient: Any, hessian: Any) -> Expansion:
    return Expansion(float(value), np.asarray(gradient, dtype=float), np.asarray(hessian, dtype=float))


def as_it_is(loss: Partial, width: jax.Array, params: Params) -> jax.Array:
    """A loss that has no corners to be rounded, or whose corners stay."""
    return loss(params)


@dataclass(frozen=True)
class _Smooth:
    """The smoothed risk of a program as a function with a hash of its own."""

    program: RiskProgram

    def __call__(self, data: Any, penalty: Any, width: jax.Array, params: Params) -> jax.Array:
        return self.program.smooth(data, penalty, width, params)


@jax.jit
def _differentiate(program: Partial, width: jax.Array, params: Params) -> tuple[jax.Array, ...]:
    vector, unravel = ravel_pytree(params)

    def loss(vector: jax.Array) -> jax.Array:
        return program(width, unravel(vector))

    return *jax.value_and_grad(loss)(vector), jax.hessian(loss)(vector)


@jax.jit
def _by_example(
    loss: Partial, jacobian: jax.Array, width: jax.Array, params: Params
) -> tuple[jax.Array, ...]:
    """The risk, its gradient and its Hessian; the Jacobian is (p, n, k) for k outputs of n examples."""
    program: Any = loss.func
    data, penalty = loss.args
    raw = program.model.apply(params, data["inputs"])

    def misfit(outputs: jax.Array) -> jax.Array:
        return program.misfit(data, width, outputs.reshape(raw.shape))

    def cost(params: Params) -> jax.Array:
        return program.cost(data, penalty, width, params)

    outputs = raw.reshape(jacobian.shape[1:])
    value, slopes = jax.value_and_grad(misfit)(outputs)
    bends = jax.vmap(lambda tangent: jax.jvp(jax.grad(misfit), (outputs,), (tangent,))[1])(jacobian)
    price, gradient = jax.value_and_grad(cost)(params)
    # A penalty is a sum over the weights, so that its Hessian is a diagonal.
    _, diagonal = jax.jvp(jax.grad(cost), (params,), (jax.tree.map(jnp.ones_like, params),))
    rows = jacobian.reshape(len(jacobian), -1)
    return (
        value + price,
        rows @ slopes.ravel() + ravel_pytree(gradient)[0],
        rows @ bends.reshape(rows.shape).T + jnp.diag(ravel_pytree(diagonal)[0]),
    )
