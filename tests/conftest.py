"""What tests of several files share."""

from collections.abc import Iterator
from functools import partial

import pytest

COARSE = 33
"""Grid points along each axis; readers see `cached.RESOLUTION`."""


@pytest.fixture(scope="module")
def coarse() -> Iterator[None]:
    """Pages draw coarse surfaces: for tests of what a page says, which no surface changes."""
    from landscape.studio import cached, pictures  # here, so that tests of the numerics load no screen

    # Pictures are kept by their landscape alone: coarse ones must not be met by other tests.
    drawn = (pictures.heights, pictures._contour, pictures._surface)
    for picture in drawn:
        picture.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cached, "surface", partial(cached.surface, resolution=COARSE))
        yield
    for picture in drawn:
        picture.cache_clear()
