"""Losses of overlap: dice and its relatives."""

from landscape.losses.loss import Loss

OVERLAP: tuple[Loss, ...] = ()
