"""The studies of the page Learning rates: each has its controls, its pictures and its words."""

from collections.abc import Callable, Mapping

from landscape.studio.studies.rates import basins, border, edge, finder, noise, one_rate, race, two_numbers
from landscape.studio.texts import N_

STUDIES: Mapping[str, tuple[str, Callable[[], list[str]]]] = {
    "one-rate": (N_("One rate"), one_rate.show),
    "two-numbers": (N_("Two numbers"), two_numbers.show),
    "basins": (N_("Basins"), basins.show),
    "edge": (N_("Edge of stability"), edge.show),
    "border": (N_("Fractal border"), border.show),
    "race": (N_("Race"), race.show),
    "finder": (N_("Finder"), finder.show),
    "noise": (N_("Noise and schedules"), noise.show),
}
"""Name in the link → English title, and what draws it and returns the keys of its controls.

Every study stands on its own: the page draws the one that is chosen, and computes nothing of the others.
"""
