"""Initializations: the laws from which the weights of a network are drawn."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
from jax.nn import initializers

from landscape.registries import Registry


@dataclass(frozen=True)
class Initialization:
    """A law of random weights.

    A matrix of weights has the shape (inputs, outputs), a kernel (height, width, inputs, outputs): its
    fan-in is height · width · inputs, its fan-out height · width · outputs.

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        formula: LaTeX of the law of a weight w, with the fan-in and the fan-out n.
        draw: (key, shape, dtype) -> weights.
        reference: Where the law comes from.

    Example:
        >>> import jax
        >>> from landscape.models import INITIALIZATIONS
        >>> weights = INITIALIZATIONS["orthogonal"].draw(jax.random.key(0), (3, 3), float)
        >>> (weights.T @ weights).round(6).diagonal().tolist()
        [1.0, 1.0, 1.0]
    """

    name: str
    title: str
    formula: str
    draw: Callable[..., jax.Array]
    reference: str


INITIALIZATIONS: Registry[Initialization] = Registry(
    "initialization",
    [
        Initialization(
            name="xavier",
            title="Xavier (Glorot)",
            formula=r"w \sim \mathcal{U}\left[-\sqrt{\tfrac{6}{n_\text{in} + n_\text{out}}},"
            r" \sqrt{\tfrac{6}{n_\text{in} + n_\text{out}}}\right]",
            draw=initializers.glorot_uniform(),
            reference="Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward"
            " neural networks, eq. 16, Proceedings of Machine Learning Research 9, 249-256",
        ),
        Initialization(
            name="he",
            title="He (Kaiming)",
            formula=r"w \sim \mathcal{N}\left(0, \tfrac{2}{n_\text{in}}\right)",
            draw=initializers.variance_scaling(2.0, "fan_in", "normal"),
            reference="He et al. (2015), Delving deep into rectifiers, eq. 10, doi:10.1109/ICCV.2015.123",
        ),
        Initialization(
            name="lecun",
            title="LeCun",
            formula=r"w \sim \mathcal{N}\left(0, \tfrac{1}{n_\text{in}}\right)",
            draw=initializers.variance_scaling(1.0, "fan_in", "normal"),
            reference="LeCun et al. (1998), Efficient backprop, eq. 16, doi:10.1007/3-540-49430-8_2",
        ),
        Initialization(
            name="orthogonal",
            title="Orthogonal",
            formula=r"W^\top W = I \text{ or } W W^\top = I",
            draw=initializers.orthogonal(),
            reference="Saxe, McClelland, Ganguli (2014), Exact solutions to the nonlinear dynamics of"
            " learning in deep linear neural networks, arXiv:1312.6120",
        ),
        Initialization(
            name="zeros",
            title="Zeros",
            formula="w = 0",
            draw=initializers.zeros,
            reference="Goodfellow, Bengio, Courville (2016), Deep learning, section 8.4, on why it fails:"
            " units of one layer that begin alike stay alike",
        ),
        Initialization(
            name="scaled",
            title="Standard normal",
            formula=r"w \sim \mathcal{N}(0, 1)",
            draw=initializers.normal(1.0),
            reference="Poole et al. (2016), Exponential expressivity in deep neural networks through"
            " transient chaos, arXiv:1606.05340, on what too large weights do",
        ),
    ],
)
"""The initializations by name; a network multiplies what they draw by its `scale`.

Xavier keeps the variance of what goes forward and of what comes back through units of slope 1 at 0
(tanh); He makes up for the half that a relu takes away; PyTorch's `xavier_uniform_`, `kaiming_normal_`
and `orthogonal_` are the same laws.
"""
