"""The parts of the page Networks: each has its controls, its pictures and its words."""

from collections.abc import Callable, Mapping

from landscape.studio.studies.networks import between, sharpness, skips, slice, start, train
from landscape.studio.texts import N_

STUDIES: Mapping[str, tuple[str, Callable[[], list[str]]]] = {
    "train": (N_("Train"), train.show),
    "slice": (N_("Slice"), slice.show),
    "skips": (N_("Skips or not"), skips.show),
    "sharpness": (N_("Sharp or flat"), sharpness.show),
    "between": (N_("Between two solutions"), between.show),
    "start": (N_("Initialisation"), start.show),
}
"""Name in the link → English title, and what draws it and returns the keys of its controls.

Every part stands on its own: the page draws the one that is chosen, and computes nothing of the others.
"""
