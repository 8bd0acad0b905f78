"""Losses of distributions: divergences and distances."""

from landscape.losses.loss import Loss

DISTRIBUTIONS: tuple[Loss, ...] = ()
