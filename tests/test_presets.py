"""The gallery: every card opens the state that it promises, and has its picture."""

import base64
import re
import xml.etree.ElementTree as ET

import pytest
from visiting import rerun, visit, warnings

from landscape.studio import later
from landscape.studio.landscapes import names
from landscape.studio.links import written
from landscape.studio.presets import PRESETS
from landscape.studio.texts import ASSETS, LANGUAGES, catalogue

pytestmark = pytest.mark.usefixtures("coarse")

LARGEST = 25_000  # bytes of a picture


def name_of(preset):
    return preset.name


def test_there_is_a_gallery():
    assert len(PRESETS) >= 8
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)
    assert {preset.page for preset in PRESETS} == {
        *("surfaces", "paths", "losses", "rates", "networks", "own", "ridge")
    }


@pytest.mark.parametrize("preset", PRESETS, ids=name_of)
def test_a_preset_opens_in_its_state(preset, monkeypatch):
    monkeypatch.setattr(later, "go_on", lambda work: None)  # a coarse picture tells as much of a link
    app = visit(preset.page, preset.params)
    assert warnings(app) == []
    for key, value in preset.params.items():
        state = written(app.session_state[key])
        assert state == value or float(state) == float(value), f"{key} is {state}"
    rerun(app)
    assert app.query_params == preset.params, "the link stays as it came"


@pytest.mark.parametrize("preset", PRESETS, ids=name_of)
def test_a_preset_says_what_to_look_for(preset):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", preset.name)
    assert preset.line.endswith((".", "?"))
    for code in LANGUAGES:
        assert code == "en" or catalogue(code).gettext(preset.line) != preset.line
    if preset.page in ("surfaces", "paths"):
        assert preset.params["landscape"] in names()


@pytest.mark.parametrize("preset", PRESETS, ids=name_of)
def test_a_preset_has_its_picture(preset):
    file = ASSETS / "gallery" / f"{preset.name}.svg"
    svg = file.read_bytes()
    assert len(svg) <= LARGEST
    assert base64.b64decode(preset.picture.removeprefix("data:image/svg+xml;base64,")) == svg
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(root.iter())) > 5


def test_no_picture_is_left_over():
    drawn = {file.name for file in (ASSETS / "gallery").iterdir()}
    assert drawn == {f"{preset.name}.svg" for preset in PRESETS}


@pytest.mark.parametrize("code", LANGUAGES)
def test_home_shows_every_card(code):
    app = visit("home", lang=code)
    links = {(link.page, link.label): link.query_string for link in app.get("page_link")}
    assert len(links) == len(PRESETS)
    captions = {caption.value for caption in app.caption}
    pictures = "".join(block.proto.body for block in app.get("html"))
    for preset in PRESETS:
        assert (preset.page, catalogue(code).gettext(preset.title)) in links
        assert catalogue(code).gettext(preset.line) in captions
        assert preset.picture in pictures
