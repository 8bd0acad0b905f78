"""Your own: the part Formula."""

import pytest
from visiting import visit, warnings

from landscape.studio.texts import LANGUAGES

pytestmark = pytest.mark.usefixtures("coarse")


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_opens(code):
    app = visit("own", lang=code)
    assert warnings(app) == []
