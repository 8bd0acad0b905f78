"""Learning rates: what they do, from one slider to the border between settling and exploding."""

from landscape.studio import divided
from landscape.studio.studies.rates import STUDIES
from landscape.studio.texts import _

divided.show("rates", _("Study"), "study", STUDIES)
