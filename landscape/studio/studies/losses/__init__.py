"""The studies of the page Losses: each has its controls, its pictures and its words."""

from collections.abc import Callable, Mapping

from landscape.studio.studies.losses import (
    by_hand,
    curves,
    distributions,
    embeddings,
    imbalance,
    origin,
    outliers,
    segmentation,
    vanishing,
    which,
)
from landscape.studio.texts import N_

STUDIES: Mapping[str, tuple[str, Callable[[], list[str]]]] = {
    "curves": (N_("Curves"), curves.show),
    "origin": (N_("Origin"), origin.show),
    "by-hand": (N_("By hand"), by_hand.show),
    "vanishing": (N_("Vanishing"), vanishing.show),
    "outliers": (N_("Outliers"), outliers.show),
    "imbalance": (N_("Imbalance"), imbalance.show),
    "embeddings": (N_("Embeddings"), embeddings.show),
    "distributions": (N_("Distributions"), distributions.show),
    "segmentation": (N_("Segmentation"), segmentation.show),
    "which": (N_("Which loss?"), which.show),
}
"""Name in the link → English title, and what draws it and returns the keys of its controls.

Every study stands on its own: the page draws the one that is chosen, and computes nothing of the others.
"""
