"""The parts of the page Your own: each has its controls, its pictures and its words."""

from collections.abc import Callable, Mapping

from landscape.studio.studies.own import formula, python, table
from landscape.studio.texts import N_

STUDIES: Mapping[str, tuple[str, Callable[[], list[str]]]] = {
    "formula": (N_("Formula"), formula.show),
    "table": (N_("A table and a model"), table.show),
    "python": (N_("A program"), python.show),
}
"""Name in the link → English title, and what draws it and returns the keys of its controls.

Every part stands on its own: the page draws the one that is chosen, and computes nothing of the others.
"""
