"""Models: from parameters and inputs to predictions."""

from landscape.models.activations import ACTIVATIONS, Activation
from landscape.models.affine import AFFINE
from landscape.models.convolutions import CONVOLUTIONAL
from landscape.models.initializations import INITIALIZATIONS, Initialization
from landscape.models.model import UNITS, Model, ModelProgram, OutputUnit, Params
from landscape.models.network import Network
from landscape.models.perceptrons import PERCEPTRONS
from landscape.registries import Registry

__all__ = [
    "ACTIVATIONS",
    "INITIALIZATIONS",
    "MODELS",
    "UNITS",
    "Activation",
    "Initialization",
    "Model",
    "ModelProgram",
    "Network",
    "OutputUnit",
    "Params",
]

MODELS: Registry[Model] = Registry("model", [*AFFINE, *PERCEPTRONS, *CONVOLUTIONAL])
"""Every model by its name.

Parameters are {"weights", "bias"}, {"a", "b", "c"}, or those of a `Network`: {"layers": [...]}.
"""
