"""Two numbers: how many steps a run needs, over a learning rate and a momentum or any other pair."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from landscape import OPTIMIZERS, figures, stability
from landscape.figures import Figure
from landscape.figures.heights import number
from landscape.studio import (
    cached,
    choosing,
    controls,
    exports,
    landscapes,
    links,
    pictures,
    sharing,
    suggestions,
    summaries,
    swept,
)
from landscape.studio.choosing import Racer
from landscape.studio.landscapes import Choice, DataChoice
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.studies.words import outcomes
from landscape.studio.swept import Axis, Runner
from landscape.studio.texts import _, language
from landscape.studio.tracks import track

STEPS = [10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000]
MAX_STEPS = 1000
"""Of each of a map's runs, whatever a link asks for."""

BELOW, ABOVE = 0.02, 2.5
"""Ends of a learning rate's axis, in parts of the stability limit."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""
