"""Likelihoods: how probable data are under a distribution, and the loss that this makes."""

from landscape.likelihoods.densities import DENSITIES
from landscape.likelihoods.entropies import (
    cross_entropy_terms,
    decompose,
    entropy,
    logit_gradient,
    softmax,
    to_logits,
)
from landscape.likelihoods.likelihood import Likelihood, Measured
from landscape.registries import Registry

__all__ = [
    "LIKELIHOODS",
    "Likelihood",
    "Measured",
    "cross_entropy_terms",
    "decompose",
    "entropy",
    "logit_gradient",
    "softmax",
    "to_logits",
]

LIKELIHOODS: Registry[Likelihood] = Registry("likelihood", DENSITIES)
"""Every distribution that a loss comes from, by its name."""
