"""Networks: train one on real data, slice its landscape, and see how far the picture can be trusted."""

from landscape.studio import divided
from landscape.studio.studies.networks import STUDIES
from landscape.studio.texts import _

divided.show("networks", _("Part"), "part", STUDIES)
