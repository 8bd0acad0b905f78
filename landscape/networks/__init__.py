"""Networks: the risks of networks, as objectives of their weights, their signals and their symmetries."""

from landscape.models import ACTIVATIONS, Activation
from landscape.networks.risks import network_risk
from landscape.networks.signals import Signals, signals
from landscape.networks.symmetries import permute_units
from landscape.networks.two_layer import two_layer_risk

__all__ = [
    "ACTIVATIONS", "Activation", "Signals", "network_risk", "permute_units", "signals", "two_layer_risk",
]  # fmt: skip
