"""The largest eigenvalue of a network's Hessian: Lanczos's method against PyHessian's, written in PyTorch."""

from collections.abc import Callable
from typing import Any

import digits
import jax
import numpy as np
from measuring import Row, in_turn, spell, times
from numerics import has_torch

from landscape.curvature import eigenpairs

LEVELS = ((3e-2, 1e-3), (1e-3, 1e-6))
"""Ours stops at a residual, PyHessian at a change of the eigenvalue: pairs that give like errors."""

MAX_PRODUCTS = 100
"""PyHessian's own limit."""


def top_eigenvalue(turns: int) -> list[Row]:
    """Products with the Hessian, time and error of both, where ours is at least as exact."""
    if not has_torch():
        return []
    risk, params = digits.trained()
    return [of_level(risk, params, turns, *level) for level in LEVELS]


def of_level(risk: Any, params: Any, turns: int, tolerance: float, change: float) -> Row:
    """The line of one accuracy."""
    exact = reference(risk, params)
    tensors, examples = digits.in_torch(params), digits.examples_in_torch()
    works: dict[str, Callable[[], tuple[float, int]]] = {
        "ours": lambda: ours(risk, params, tolerance),
        "theirs": lambda: power_iteration(tensors, examples, change),
    }
    found = {name: work() for name, work in works.items()}
    errors = {name: abs(value / exact - 1) for name, (value, _) in found.items()}
    assert errors["ours"] <= errors["theirs"] < 10 * change, errors
    jax.clear_caches()
    medians, first = in_turn(works, turns)

    def told(name: str) -> str:
        return f"{spell(medians[name])}, {found[name][1]} products, error {errors[name]:.0e}"

    return Row(
        "largest eigenvalue of its Hessian (4,810 weights) where it is trained",
        told("ours"),
        f"{told('theirs')} (power iteration as in PyHessian, to a change of {change:g})",
        times(medians["theirs"] / medians["ours"]),
        "",
        spell(max(first["ours"] - medians["ours"], 0.0)),
    )


def reference(risk: Any, params: Any) -> float:
    """The eigenvalue in float64, to the last digits."""
    wide = jax.tree.map(lambda leaf: leaf.astype(np.float64), params)
    found = eigenpairs(risk.replace(start=wide), wide, largest=1, tolerance=1e-10)
    assert found.converged
    return float(found.values[0])


def ours(risk: Any, params: Any, tolerance: float) -> tuple[float, int]:
    """The eigenvalue, and how many products it took."""
    found = eigenpairs(risk, params, largest=1, tolerance=tolerance)
    return float(found.values[0]), found.num_products


def power_iteration(tensors: digits.Tensors, examples: tuple[Any, Any], change: float) -> tuple[float, int]:
    """The same, by v ← Hv / |Hv| until the eigenvalue changes by less (Yao et al., 2020, PyHessian).

    As there the gradient is made once, with its graph, and each product is a pass back through it.
    """
    import torch

    torch.manual_seed(0)
    params = [each.clone().requires_grad_() for each in tensors]
    gradient = torch.autograd.grad(digits.torch_loss(tuple(params), *examples), params, create_graph=True)
    vector = normalized([torch.randn_like(each) for each in params])
    value, count = np.inf, 0
    before = np.nan
    while count < MAX_PRODUCTS and not abs(before - value) / (abs(before) + 1e-6) < change:
        product = torch.autograd.grad(gradient, params, vector, retain_graph=True)
        before, value = value, float(inner(product, vector))
        vector, count = normalized(product), count + 1
    return value, count


def inner(one: Any, other: Any) -> Any:
    """The inner product of two lists of tensors."""
    return sum((a * b).sum() for a, b in zip(one, other, strict=True))


def normalized(vector: Any) -> list[Any]:
    """A vector of length one."""
    length = inner(vector, vector).sqrt()
    return [each / (length + 1e-6) for each in vector]
