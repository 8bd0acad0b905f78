"""Symmetries: other parameters of the same function."""

from itertools import pairwise

import jax
import numpy as np

from landscape.models import Network, Params
from landscape.objectives import check_count


def permute_units(model: Network, params: Params, seed: int = 0) -> Params:
    r"""The same network with its hidden units in another order: another point, the same function.

    With permutation matrices P_l, W_l \to P_l W_l P_{l-1}^T and b_l \to P_l b_l, where P of the inputs
    and of the outputs is the identity. A network of L hidden layers with m units each has (m!)^L such
    points; where there are skips all layers add to the same units, and one permutation serves all: m!.
    Sums are then taken in another order, so the outputs are equal but for rounding.

    Args:
        model: The network, perceptron or convolutional; the channels of the latter are its units.
        params: Of `model.init`, trained or not.
        seed: Of the permutations, at least 0.

    Returns:
        Parameters shaped like the given ones, NumPy arrays.

    Raises:
        ValueError: The seed is no whole number, the model is no network, or the parameters are no layers.

    Example:
        >>> import jax, numpy as np
        >>> from landscape import MODELS
        >>> from landscape.networks import permute_units
        >>> network, inputs = MODELS["mlp"], np.ones((1, 3))
        >>> params = network.init(jax.random.key(0), 3, 2)
        >>> other = permute_units(network, params, seed=1)
        >>> bool(np.allclose(network.predict(params, inputs), network.predict(other, inputs), atol=1e-6))
        True
        >>> bool(np.allclose(params["layers"][0]["weights"], other["layers"][0]["weights"]))
        False

    Reference:
        Hecht-Nielsen (1990), On the algebraic structure of feedforward network weight spaces; Entezari,
        Sedghi, Saukh, Neyshabur (2022), The role of permutation invariance in linear mode connectivity
        of neural networks, section 2, arXiv:2110.06296
    """
    rng = np.random.default_rng(check_count("seed", seed, least=0))
    if not isinstance(model, Network):
        raise ValueError(f"`model` must be a network of layers, got {model.name!r}")
    if not (isinstance(params, dict) and "layers" in params):
        raise ValueError(f'`params` must be {{"layers": [...]}}, got {jax.tree.structure(params)}')
    layers = [{name: np.asarray(leaf) for name, leaf in layer.items()} for layer in params["layers"]]
    order = rng.permutation(layers[0]["bias"].size)
    for number, (layer, after) in enumerate(pairwise(layers)):
        if number and not model.apply.residual:
            order = rng.permutation(layer["bias"].size)
        layer["weights"], layer["bias"] = layer["weights"][..., order], layer["bias"][order]
        after["weights"] = _inputs_in(after["weights"], order)
    return {"layers": layers}


def _inputs_in(weights: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Weights whose inputs come in another order; each unit may bring several, as a channel its pixels."""
    if weights.ndim > 2:
        return weights[..., order, :]
    rows = weights.reshape(order.size, -1, weights.shape[-1])
    return rows[order].reshape(weights.shape)
