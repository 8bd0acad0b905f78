"""The network of the benchmarks: 64-64-10 tanh units, trained on all digits; and the same in PyTorch."""

from functools import cache
from typing import Any

import jax
import numpy as np

import landscape
from landscape import DATASETS, MODELS, OPTIMIZERS, Objective

NUM_EXAMPLES, FEATURES, WIDTH, CLASSES = 1797, 64, 64, 10

OPERATIONS = 2 * NUM_EXAMPLES * WIDTH * (FEATURES + CLASSES)
"""Of the two matrix products that a loss costs by the book; tanh and softmax are not counted."""

Tensors = tuple[Any, ...]
"""Weights (inputs, outputs) and biases of the two layers."""


@cache
def trained() -> tuple[Objective, Any]:
    """The cross-entropy on all standardized digits, and a minimum that Adam comes near to: float32 arrays."""
    risk = landscape.network_risk(
        MODELS["mlp"].replace(width=WIDTH, depth=1), DATASETS["digits"].standardize()
    )
    adam = OPTIMIZERS["adam"].build(learning_rate=1e-3)
    training = landscape.train(risk, adam, num_epochs=20, batch_size=64, max_checkpoints=2)
    return risk, jax.tree.map(lambda rows: np.asarray(rows[-1]), training.params)


def in_torch(params: Any) -> Tensors:
    """Some parameters as tensors on the device that JAX uses, too."""
    import torch

    leaves = [layer[name] for layer in params["layers"] for name in ("weights", "bias")]
    return tuple(torch.tensor(np.asarray(leaf), device=device()) for leaf in leaves)


def examples_in_torch() -> tuple[Any, Any]:
    """Inputs (n, 64) in float32 and targets (n,)."""
    import torch

    digits = DATASETS["digits"].standardize()
    inputs = torch.tensor(np.asarray(digits.inputs), dtype=torch.float32, device=device())
    return inputs, torch.tensor(np.asarray(digits.targets), dtype=torch.int64, device=device())


def torch_loss(params: Tensors, inputs: Any, targets: Any) -> Any:
    """The cross-entropy as one writes it in PyTorch: fused, and in place where no gradient is wanted."""
    import torch

    first, first_bias, second, second_bias = params
    hidden = torch.addmm(first_bias, inputs, first)
    hidden = torch.tanh(hidden) if hidden.requires_grad else hidden.tanh_()
    return torch.nn.functional.cross_entropy(torch.addmm(second_bias, hidden, second), targets)


def device() -> str:
    """PyTorch's name of what JAX computes on."""
    return "cpu" if on_processor() else "cuda"


def on_processor() -> bool:
    """Whether JAX computes on the processor."""
    return jax.default_backend() == "cpu"
