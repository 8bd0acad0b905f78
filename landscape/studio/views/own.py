"""Your own: a landscape of the reader's, from a formula, a table or a program."""

from landscape.studio import divided
from landscape.studio.studies.own import STUDIES
from landscape.studio.texts import _

divided.show("own", _("Part"), "part", STUDIES)
