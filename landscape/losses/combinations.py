"""Penalties and combinations, as entries of the catalogue."""

from landscape.losses.loss import Loss

COMBINATIONS: tuple[Loss, ...] = ()
