"""Activations: what a hidden unit makes of its input."""

from collections.abc import Callable
from typing import Literal

import jax
import jax.numpy as jnp

Activation = Literal["tanh", "relu", "gelu", "sigmoid", "identity"]
"""What a hidden unit makes of its input."""

ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "gelu": lambda z: jax.nn.gelu(z, approximate=False),
    "sigmoid": jax.nn.sigmoid,
    "identity": lambda z: z,
}
"""The activations by name; PyTorch's, so the exact gelu."""
