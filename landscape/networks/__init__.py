"""Networks: the risks of networks, as objectives of their weights."""

from landscape.models import ACTIVATIONS, Activation
from landscape.networks.risks import network_risk
from landscape.networks.two_layer import two_layer_risk

__all__ = ["ACTIVATIONS", "Activation", "network_risk", "two_layer_risk"]
