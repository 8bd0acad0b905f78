"""Losses: what one example costs, by name; and the penalties on weights."""

from landscape.losses.classification import CLASSIFICATION
from landscape.losses.loss import Loss, LossParameter, OutputUnit, Rule, Takes, check_labels
from landscape.losses.penalties import Penalty, elastic_net, l1, l2, penalized_weights
from landscape.losses.regression import REGRESSION
from landscape.registries import Registry

__all__ = [
    "LOSSES",
    "Loss",
    "LossParameter",
    "OutputUnit",
    "Penalty",
    "Rule",
    "Takes",
    "check_labels",
    "elastic_net",
    "l1",
    "l2",
    "penalized_weights",
]

LOSSES: Registry[Loss] = Registry("loss", [*REGRESSION, *CLASSIFICATION])
"""Every loss by its name, in the order in which a reader should meet them."""
