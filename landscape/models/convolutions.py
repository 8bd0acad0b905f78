"""Convolutional networks of small square images, with or without skips."""

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp

from landscape.models.network import Forward, Layers, Network, Start

KERNEL = 3
"""Height and width of a kernel, odd so that it has a middle."""

SMALLEST_POOLED = 4
"""Images with at least so many pixels to a side are halved behind the first layer."""


def convolve(images: jax.Array, kernels: jax.Array) -> jax.Array:
    r"""The correlation of images with kernels, zeros around the images.

    out[k, y, x] = \sum_{i, j, c} in[c, y + i, x + j] w[i, j, c, k], with i = j = 0 in the kernel's middle.

    As one product of matrices, of all patches with all kernels: many networks at once, each with
    kernels of its own, make one batch of products, also where it is differentiated, and the examples
    stand last so that a shifted image is a copy of long rows.

    Args:
        images: Shape (c, height, width, n).
        kernels: Shape (rows, columns, c, k), rows and columns odd.

    Returns:
        Shape (k, height, width, n).

    Example:
        >>> import jax.numpy as jnp
        >>> convolve(jnp.ones((1, 3, 3, 1)), jnp.ones((3, 3, 1, 1)))[0, :, :, 0].tolist()
        [[4.0, 6.0, 4.0], [6.0, 9.0, 6.0], [4.0, 6.0, 4.0]]
    """
    rows, columns, channels, count = kernels.shape
    _, height, width, examples = images.shape
    around = ((0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0))
    padded = jnp.pad(images, around)
    patches = jnp.concatenate(
        [padded[:, i : i + height, j : j + width] for i in range(rows) for j in range(columns)]
    )
    matrix = kernels.reshape(rows * columns * channels, count).T
    return (matrix @ patches.reshape(len(patches), -1)).reshape(count, height, width, examples)


def pool(images: jax.Array) -> jax.Array:
    """The means of blocks of 2 by 2 pixels, (c, h, w, n) -> (c, ⌈h/2⌉, ⌈w/2⌉, n); an odd edge counts twice.

    Example:
        >>> import jax.numpy as jnp
        >>> pool(jnp.arange(9.0).reshape(1, 3, 3, 1))[0, :, :, 0].tolist()
        [[2.0, 3.5], [6.5, 8.0]]
    """
    channels, height, width, count = images.shape
    even = jnp.pad(images, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    blocks = even.reshape(channels, (height + 1) // 2, 2, (width + 1) // 2, 2, count)
    return blocks.mean(axis=(2, 4))


def shapes(num_features: int, num_outputs: int, width: int, depth: int) -> list[tuple[int, ...]]:
    """The shapes of the kernels, and of the readout's weights last.

    Example:
        >>> shapes(64, 10, width=8, depth=2)
        [(3, 3, 1, 8), (3, 3, 8, 8), (128, 10)]
    """
    side = math.isqrt(num_features)
    left = (side + 1) // 2 if side >= SMALLEST_POOLED else side
    kernels = [(KERNEL, KERNEL, channels, width) for channels in [1, *[width] * (depth - 1)]]
    return [*kernels, (left * left * width, num_outputs)]


def hidden(
    layers: Layers, inputs: jax.Array, activate: Callable[[jax.Array], jax.Array], residual: bool
) -> tuple[list[jax.Array], jax.Array]:
    """Every hidden layer's output, and the last one's numbers in rows; skips as in the perceptrons.

    The first layer sees all pixels, the others the means of blocks of 2 by 2.
    """
    count, side = len(inputs), math.isqrt(inputs.shape[1])
    images = inputs.T.reshape(1, side, side, count)
    outputs: list[jax.Array] = []
    for layer in layers:
        after = activate(convolve(images, layer["weights"]) + layer["bias"][:, None, None, None])
        images = images + after if residual and outputs else after
        outputs.append(images.transpose(3, 1, 2, 0))
        if len(outputs) == 1 and side >= SMALLEST_POOLED:
            images = pool(images)
    return outputs, images.reshape(-1, count).T


CONVOLUTIONAL = tuple(
    Network(
        name=name,
        title=title,
        formula="",
        initialize=Start(shapes, width=8),
        apply=Forward(hidden, residual=residual),
        output_unit="softmax",
        task="classification",
        dtype="float32",
        images=True,
        body=body,
        reference=reference,
    ).for_task("classification")
    for name, title, residual, body, reference in (
        (
            "convolutional",
            "Convolutional network",
            False,
            r"a_{L+1} \circ \varphi \circ c_L \circ \cdots"
            r" \circ \varphi \circ c_2 \circ p \circ \varphi \circ c_1(x)",
            "LeCun et al. (1998), Gradient-based learning applied to document recognition,"
            " doi:10.1109/5.726791",
        ),
        (
            "residual-convolutional",
            "Convolutional network with skips",
            True,
            r"a_{L+1} \circ (\mathrm{id} + \varphi \circ c_L) \circ \cdots"
            r" \circ (\mathrm{id} + \varphi \circ c_2) \circ p \circ \varphi \circ c_1(x)",
            "He et al. (2016), Deep residual learning for image recognition, doi:10.1109/CVPR.2016.90",
        ),
    )
)
"""The two, classifiers unless made for the other task: c_l are convolutions, p halves the image.

Eight channels by default, not 32: a slice evaluates thousands of networks.
"""
