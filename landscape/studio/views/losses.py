"""Losses: what each punishes, where it comes from, and the landscape it makes."""

from landscape.studio import divided
from landscape.studio.studies.losses import STUDIES
from landscape.studio.texts import _

divided.show("losses", _("Topic"), "topic", STUDIES)
