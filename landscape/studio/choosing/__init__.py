"""The controls that several pages share: which landscape, from where, which optimizers with which numbers."""

from landscape.studio.choosing.formulas import Draft, formula
from landscape.studio.choosing.landscapes import data_landscape, landscape, loss_numbers
from landscape.studio.choosing.networks import network, recipe
from landscape.studio.choosing.networks import start as network_start
from landscape.studio.choosing.noise import batch, num_examples, schedule, schedule_numbers, seed
from landscape.studio.choosing.numbers import key_of, limits
from landscape.studio.choosing.optimizers import Racer, learning_rate, optimizer, optimizers, rate_of
from landscape.studio.choosing.places import height, place, point, point_in, renew, start, window

__all__ = [
    "Draft",
    "Racer",
    "batch",
    "data_landscape",
    "formula",
    "height",
    "key_of",
    "landscape",
    "learning_rate",
    "limits",
    "loss_numbers",
    "network",
    "network_start",
    "num_examples",
    "optimizer",
    "optimizers",
    "place",
    "point",
    "point_in",
    "rate_of",
    "recipe",
    "renew",
    "schedule",
    "schedule_numbers",
    "seed",
    "start",
    "window",
]
