"""Losses: what is punished and how much, by name; and the penalties on weights."""

from landscape.losses.checks import check_labels
from landscape.losses.classification import CLASSIFICATION
from landscape.losses.combinations import COMBINATIONS
from landscape.losses.distributions import DISTRIBUTIONS
from landscape.losses.loss import Argument, Family, Loss, LossParameter, Rule
from landscape.losses.overlap import OVERLAP
from landscape.losses.penalties import Penalty, elastic_net, l1, l2, penalized_weights
from landscape.losses.profiles import Abscissa, Profile, abscissae, has_profile, profile, zero_one
from landscape.losses.regression import REGRESSION
from landscape.losses.shapes import fitting_shapes
from landscape.losses.similarity import SIMILARITY
from landscape.losses.supervised import OutputUnit, SupervisedLoss, Takes
from landscape.registries import Registry

__all__ = [
    "LOSSES",
    "Abscissa",
    "Argument",
    "Family",
    "Loss",
    "LossParameter",
    "OutputUnit",
    "Penalty",
    "Profile",
    "Rule",
    "SupervisedLoss",
    "Takes",
    "abscissae",
    "check_labels",
    "elastic_net",
    "fitting_shapes",
    "has_profile",
    "l1",
    "l2",
    "penalized_weights",
    "profile",
    "zero_one",
]

LOSSES: Registry[Loss] = Registry(
    "loss", [*REGRESSION, *CLASSIFICATION, *SIMILARITY, *DISTRIBUTIONS, *OVERLAP, *COMBINATIONS]
)
"""Every loss by its name, in the order in which a reader should meet them."""
