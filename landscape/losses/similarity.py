"""Losses of similarity: contrastive, triplet, pairwise ranking."""

from landscape.losses.loss import Loss

SIMILARITY: tuple[Loss, ...] = ()
