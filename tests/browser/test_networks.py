"""The page Networks in a browser: Train pressed, its path played, languages, all parts, files up and down."""

import io
import re

import jax
import numpy as np
import pytest
from looking import PICTURE, PIXELS, STILL, VERMILLION, clock, parsed, waits

from landscape import OPTIMIZERS
from landscape.studio import sliced, trained
from landscape.studio.studies.networks import STUDIES
from landscape.studio.texts import catalogue
from landscape.studio.trained import NetworkChoice, Recipe

# Networks and examples so few that nothing takes long but what is compiled: that the page tests share.
NET = "data-net=iris&depth-net=1&width-net=3&epochs-net=2&batch-net=16"
ADAM = {each.name: each.default for each in OPTIMIZERS["adam"].hyperparameters} | {"learning_rate": 0.01}
RECIPE = Recipe(NetworkChoice("iris", width=3, depth=1), "adam", tuple(ADAM.items()), epochs=2, batch=16)
SLICE = f"networks?part=slice&{NET}&size-slice=13"
PARTS = {
    "train": f"{NET}&trained=true",
    "slice": f"{NET}&size-slice=13",
    "skips": "data-skips=iris&depth-skips=3&width-skips=3&epochs-skips=2&seed-skips=4&seeds-skips=1",
    "sharpness": "data-sharp=iris&depth-sharp=1&width-sharp=3&activation-sharp=relu&epochs-sharp=3"
    "&large-sharp=64&decay-sharp=0.01",
    "between": "data-between=moons&depth-between=1&width-between=3&optimizer-between=gd&epochs-between=3"
    "&batch-between=64",
    "start": "data-start=moons&width-start=3&depth-start=2&epochs-start=2&inits-start=xavier,small"
    "&factor-start=4",
}
MAIN = {
    "train": ("scene", "curve"),
    "slice": ("scene", "plane", "curve"),
    "skips": ("plane", "plane", "plain", "plain"),
    "sharpness": ("plain",),
    "between": ("plain", "plain"),
    "start": ("plain", "plain", "plain"),
}
"""The roles of the first pictures of each part."""

PATIENCE = 120  # seconds for a first compilation on a slow machine
BUTTON = ".st-key-train-button button"
# The read-out at one moment: it gains rows as more is measured.
READOUT = """() => Object.fromEntries([...document.querySelector('.lp-readout').querySelectorAll('tr')]
    .filter(row => row.querySelector('td'))
    .map(row => [row.querySelector('th').innerText, row.querySelector('td').innerText]))"""
TRACES = """label => {
    const pictures = [...document.querySelectorAll('figure.lp-panel .lp-picture')];
    return pictures.find(each => each.getAttribute('aria-label')?.includes(label))?._fullData ?? [];
}"""
# How many numbers the curve of the training shows.
LENGTH = f"""() => {{
    const trace = ({TRACES})('Loss against epoch').find(each => each.name === 'training');
    return trace ? [...trace.y].filter(Number.isFinite).length : 0;
}}"""
# The roles of the pictures with something in them that has a place and can be seen, in reading order.
PAINTED = """() => [...document.querySelectorAll('figure.lp-panel')].filter(figure => {
    const picture = figure.querySelector('.lp-picture');
    const finite = array => array?.length > 0 && [...array].flatMap(row => row?.length ? [...row] : row)
        .some(Number.isFinite);
    const { width, height } = picture.getBoundingClientRect();
    return width > 50 && height > 50 && picture.querySelector('.main-svg, canvas')
        && picture._fullData?.some(trace => trace.visible && finite(trace.z ?? trace.y));
}).map(figure => figure.className.match(/lp-(plane|scene|curve|chart|plain)/)[1])"""
# Whether those have been painted, and nothing is under way.
SETTLED = f"""([roles, still]) => {{
    const painted = ({PAINTED})();
    return roles.every((role, index) => painted[index] === role)
        && document.querySelectorAll('[data-testid=stProgress]').length === 0
        && document.querySelector(still) !== null;
}}"""


@pytest.fixture(autouse=True)
def patient(page):
    page.set_default_timeout(1000 * PATIENCE)


def settled(page, roles):
    """Wait until these pictures are painted, the first of the page, and nothing becomes finer any more."""
    page.wait_for_function(SETTLED, arg=[list(roles), STILL])
    return page


def trained_here():
    """The same training, made by the library in this process."""
    found = None
    while found is None:
        found = trained.training.found(RECIPE, seconds=60)
    return found


def train(page, app, language="en"):
    """Open the page, press Train as soon as the button is there; wait for the landscape."""
    page.goto(f"{app}networks?{NET}")
    page.locator(BUTTON, has_text=catalogue(language).gettext("Train")).click()
    return settled(page, MAIN["train"])


def test_the_curves_grow_while_a_network_trains(page, app):
    page.goto(app + "networks?depth-net=2&width-net=4&batch-net=1&epochs-net=200")
    page.wait_for_selector(PICTURE.format("plain") + " .main-svg")
    assert page.evaluate(LENGTH) == 0
    page.locator(BUTTON, has_text="Train").click()
    early = page.wait_for_function(f"() => {{ const n = ({LENGTH})(); return n > 2 && n < 200 ? n : 0; }}")
    # It grows on; the landscape, which may come first, has its player draw the curve.
    later = f"before => ({LENGTH})() > before || document.querySelector('figure.lp-scene') !== null"
    page.wait_for_function(later, arg=early.json_value())


def test_a_newcomer_trains_and_walks_the_path(page, app):
    train(page, app)
    assert waits(page, "trained") == "true"
    found, length = trained_here(), 14  # ⌈105 / 16⌉ = 7 steps an epoch
    assert found.steps.tolist() == list(range(length + 1))
    clock(page, f"Step {length} of {length}")
    for step, move in ((length, "Last step"), (length - 1, "One step back"), (0, "First step")):
        page.get_by_label(move, exact=True).first.click()
        clock(page, f"Step {step} of {length}")
        numbers = {label: parsed(text)[0] for label, text in page.evaluate(READOUT).items() if text != "–"}
        assert numbers["Loss"] == pytest.approx(found.losses[step], rel=1e-3)
        assert numbers["epoch"] == pytest.approx(step / 7, abs=1e-3)
        row = np.searchsorted(np.round(7 * found.epochs), step)
        for label, name in (("accuracy", "accuracy"), ("held-out loss", "held_out_loss")):
            assert numbers[label] == pytest.approx(found.records[name][row], rel=1e-3)
    # The path is drawn in the 3-D picture, and from above where its projections are.
    scene = page.evaluate(TRACES, "from the side")
    assert "surface" in [trace["type"] for trace in scene]
    assert any(trace["type"] == "scatter3d" and len(trace["x"]) > length for trace in scene)
    page.locator(".st-key-view-train button", has_text="From above").click()
    waits(page, "view-train")
    settled(page, ("plane", "curve"))
    page.get_by_label("Last step", exact=True).first.click()
    clock(page, f"Step {length} of {length}")
    places = sliced.projection(sliced.Cut(RECIPE)).coordinates
    for a, b in places[[0, length // 2, length]].tolist():
        assert page.evaluate(PIXELS, ["plane", VERMILLION, [a, b], 5]) > 0
    assert page.evaluate(PIXELS, ["plane", VERMILLION, None, 0]) > 50


def test_another_language_keeps_the_training(page, app):
    train(page, app)
    before = list(page.evaluate(READOUT).values())
    page.locator(".st-key-lang button", has_text="한국어").click()
    waits(page, "lang")
    settled(page, MAIN["train"])
    page.locator(BUTTON, has_text=catalogue("ko").gettext("Another start")).wait_for()
    assert waits(page, "trained") == "true"
    assert list(page.evaluate(READOUT).values()) == before
    assert page.locator(BUTTON).count() == 1


@pytest.mark.parametrize("part", STUDIES)
def test_a_part_opens_by_its_link_in_korean_and_dark(part, page, app):
    page.emulate_media(color_scheme="dark")
    page.goto(f"{app}networks?part={part}&{PARTS[part]}&lang=ko")
    settled(page, MAIN[part])
    title = catalogue("ko").gettext(STUDIES[part][0])
    assert page.locator(".st-key-part [aria-checked=true]").inner_text() == title
    assert page.locator(".lp.lp-dark").count() > 0
    assert page.locator("[data-testid=stException], [data-testid=stAlert], .lp-alert:visible").count() == 0
    assert re.search(
        "[가-힣]{2}", page.locator(PICTURE.format(MAIN[part][0])).first.get_attribute("aria-label")
    )


def downloaded(page, label):
    """The arrays of a file that the page offers."""
    button = page.get_by_role("button", name=label)
    if not button.is_visible():
        page.get_by_role("button", name="Download").click()
    with page.expect_download() as found:
        button.click()
    return found.value.path().read_bytes()


def arrays(data):
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def given(page, name, data):
    """Give a file, as a reader does."""
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def test_parameters_come_back_from_their_file_and_a_wrong_one_is_refused(page, app):
    page.goto(f"{app}{SLICE}&plane-slice=random")
    settled(page, ("scene", "plane", "curve"))
    before, file = arrays(downloaded(page, "Numbers (NPZ)")), downloaded(page, "Parameters (NPZ)")
    weights = arrays(file)
    last = jax.tree.map(np.asarray, trained.params_at(trained_here()))
    np.testing.assert_allclose(weights["layers/0/weights"], last["layers"][0]["weights"], rtol=1e-5)
    page.reload()
    settled(page, ("scene", "plane", "curve"))
    page.get_by_text("Parameters from a file").click()
    given(page, "mine.npz", file)
    page.get_by_text("Drawn about the parameters of “mine.npz”").wait_for()
    settled(page, ("scene", "plane"))
    after = arrays(downloaded(page, "Numbers (NPZ)"))
    assert after["loss"].shape == (13, 13)
    assert after["loss"][6, 6] == pytest.approx(before["loss"][6, 6], rel=1e-6)
    assert after["loss"][6, 6] == pytest.approx(trained_here().losses[-1], rel=1e-4)
    given(page, "notes.npz", b"these are no arrays")
    page.get_by_text("“notes.npz”: The file is no NPZ file").wait_for()
    settled(page, ("scene", "plane", "curve"))
    assert page.get_by_text("Drawn about the parameters").count() == 0
