"""Multilayer perceptrons: every unit sees all units of the layer before; with or without skips."""

from collections.abc import Callable
from itertools import pairwise

import jax

from landscape.models.network import Forward, Layers, Network, Start


def shapes(num_features: int, num_outputs: int, width: int, depth: int) -> list[tuple[int, ...]]:
    """The shapes of the weights, the readout's last.

    Example:
        >>> shapes(64, 10, width=32, depth=2)
        [(64, 32), (32, 32), (32, 10)]
    """
    sizes = [num_features, *[width] * depth, num_outputs]
    return list(pairwise(sizes))


def hidden(
    layers: Layers, inputs: jax.Array, activate: Callable[[jax.Array], jax.Array], residual: bool
) -> tuple[list[jax.Array], jax.Array]:
    """Every hidden layer's output, and the last of them: h <- phi(W h + b), or h <- h + phi(W h + b).

    Nothing holds a sum of relus back, as normalization does in He et al.: drawn by "he", each block
    doubles |h|^2 or more, and digits cost 56 at the start of 8 layers, 25,000 of 20. Sums of tanhs grow by
    at most 1 a block.

    Within, the examples stand last: where many networks are evaluated at once, products with narrow layers
    are then of long rows, which takes half the time.
    """
    columns = inputs.T
    outputs: list[jax.Array] = []
    for layer in layers:
        after = activate(layer["weights"].T @ columns + layer["bias"][:, None])
        columns = columns + after if residual and outputs else after
        outputs.append(columns.T)
    return outputs, columns.T


PERCEPTRONS = tuple(
    Network(
        name=name,
        title=title,
        formula="",
        initialize=Start(shapes, width=32),
        apply=Forward(hidden, residual=residual),
        output_unit="softmax",
        task="classification",
        dtype="float32",
        body=body,
        reference=reference,
    ).for_task("classification")
    for name, title, residual, body, reference in (
        (
            "mlp",
            "Multilayer perceptron",
            False,
            r"a_{L+1} \circ \varphi \circ a_L \circ \cdots \circ \varphi \circ a_1(x)",
            "Rumelhart, Hinton, Williams (1986), Learning representations by back-propagating errors,"
            " doi:10.1038/323533a0",
        ),
        (
            "residual-mlp",
            "Multilayer perceptron with skips",
            True,
            r"a_{L+1} \circ (\mathrm{id} + \varphi \circ a_L) \circ \cdots"
            r" \circ (\mathrm{id} + \varphi \circ a_2) \circ \varphi \circ a_1(x)",
            "He et al. (2016), Deep residual learning for image recognition, doi:10.1109/CVPR.2016.90",
        ),
    )
)
"""The two, classifiers unless made for the other task."""
