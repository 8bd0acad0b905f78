"""What the browser makes to take along: pictures, a film, a page without network, a page in another page."""

import functools
import http.server
import io
import json
import re
import threading
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

RIDGE = "ridge?lambda=50&wide=true"
SHORT = "paths?landscape=himmelblau&optimizers=gd,adam&steps=20&wide=true"
SVG = "{http://www.w3.org/2000/svg}"
PATIENCE = 120_000  # milliseconds for a film on a machine without a graphics processor
WITHOUT_PATHS = "losses?topic=curves"
# A film's length is known once its end has been looked for; two of its frames as pixels.
LOOK = """async () => {
    const video = document.querySelector('video');
    video.src = URL.createObjectURL(document.querySelector('input').files[0]);
    const event = name => new Promise(resolve => video.addEventListener(name, resolve, { once: true }));
    await event('loadeddata');
    const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 90 });
    const context = canvas.getContext('2d');
    const pixels = async time => {
        const there = event('seeked');
        video.currentTime = time;
        await there;
        context.drawImage(video, 0, 0, 160, 90);
        return [...context.getImageData(0, 0, 160, 90).data];
    };
    const last = await pixels(1e6);
    const end = video.currentTime;
    return { width: video.videoWidth, height: video.videoHeight, end, first: await pixels(0.05), last };
}"""


def opened(page, address, language="Download"):
    """Open a page and what it gives away."""
    page.goto(address)
    page.wait_for_selector("figure.lp-panel .main-svg")
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    page.get_by_role("button", name=language).click()
    page.locator(".lp-take").first.wait_for()
    return page


def taken(page, label):
    with page.expect_download(timeout=PATIENCE) as found:
        page.get_by_role("button", name=label).click()
    return found.value


def image(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), int)


def watched(page):
    """A list that fills with the errors of a page that is not the app's."""
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(30_000)
    return errors


def share_of(pixels, color):
    return np.mean(np.abs(pixels - np.array(color)).max(axis=-1) < 24)


@pytest.fixture
def plain(browser):
    """A page of nothing, to look at files with."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    new = context.new_page()
    errors = watched(new)
    yield new
    context.close()
    assert errors == []


def test_png_and_svg_are_the_same_slide(page, app, plain):
    opened(page, app + RIDGE)
    png = taken(page, "Picture (PNG")
    assert png.suggested_filename == "ridge.png"
    with Image.open(png.path()) as file:
        assert (file.format, file.size) == ("PNG", (1920, 1080))
    pixels = image(png.path().read_bytes())
    assert 0.2 < share_of(pixels, (255, 255, 255)) < 0.9
    assert share_of(pixels, (230, 159, 0)) > 5e-4, "the path is in it"
    svg = taken(page, "Picture (SVG")
    text = svg.path().read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert (root.get("width"), root.get("height")) == ("1920", "1080")
    words = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
    assert "Ridge · diabetes" in words
    assert any(re.fullmatch(r"Step \d+ of \d+", each) for each in words)
    assert {"w₁", "w₂"} <= set(words), "axis titles are letters"
    colours = [(each.get("stroke") or "").lower() for each in root.iter(f"{SVG}path")]
    assert colours.count("#e69f00") >= 2, "paths are lines, not pixels"
    assert not re.search(r'(href|src)="(?!data:|#)', text), "nothing is left elsewhere"
    plain.set_content('<body style="margin: 0"><img></body>')
    plain.evaluate(
        """async text => {
            const image = document.querySelector('img');
            image.src = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
            await image.decode();
        }""",
        text,
    )
    drawn = image(plain.screenshot())
    assert drawn.shape == pixels.shape
    assert np.mean(np.abs(drawn - pixels)) < 4, "another reader of SVG sees what the PNG shows"


def test_a_film_shows_the_way(page, app, plain, tmp_path):
    opened(page, app + RIDGE)
    for _attempt in range(3):  # films are recorded in real time: a busy machine may lose their ends
        film = taken(page, "Film (WebM)")
        assert film.suggested_filename == "ridge.webm"
        film.save_as(tmp_path / "ridge.webm")
        plain.set_content('<input type="file"><video muted></video>')
        plain.locator("input").set_input_files(tmp_path / "ridge.webm")
        seen = plain.evaluate(LOOK)
        if seen["end"] > 5:
            break
    assert (seen["width"], seen["height"]) == (1280, 720)
    assert 5 < seen["end"] < 12
    first, last = (np.array(seen[name], int) for name in ("first", "last"))
    assert np.mean(np.abs(first - last) > 40) > 1e-3, "the path has gone on"


def test_a_film_can_be_stopped_and_is_offered_where_there_are_paths(page, app):
    opened(page, app + RIDGE)
    page.get_by_role("button", name="Film (WebM)").click()
    page.get_by_role("button", name="% · stop").click()
    page.get_by_role("button", name="Film (WebM)").wait_for()
    page.goto(app + WITHOUT_PATHS)
    page.wait_for_selector("figure.lp-panel .main-svg")
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    page.get_by_role("button", name="Download").click()
    page.get_by_role("button", name="Picture (PNG").wait_for()
    assert page.get_by_role("button", name="Film").count() == 0


def test_the_interactive_page_opens_without_network_and_is_as_large_as_it_says(page, app, browser, tmp_path):
    opened(page, app + RIDGE)
    button = page.get_by_role("button", name="Interactive page (HTML")
    said = re.search(r"\(HTML, ([\d.]+) MB\)", button.inner_text())[1]
    file = tmp_path / "ridge.html"
    taken(page, "Interactive page (HTML").save_as(file)
    assert f"{file.stat().st_size / 1e6:.1f}" == said
    context = browser.new_context(offline=True)
    reader = context.new_page()
    errors = watched(reader)
    asked = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(file.as_uri())
    reader.wait_for_selector("figure.lp-plane .main-svg")
    reader.get_by_label("First step").click()
    reader.wait_for_function("() => document.querySelector('.lp-clock').textContent.startsWith('Step 0 of')")
    reader.get_by_label("Last step").click()
    picture = taken(reader, "Picture (PNG")
    assert picture.suggested_filename == "ridge.png"
    assert image(picture.path().read_bytes()).std() > 20
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert errors == []
    context.close()


def test_numbers_say_their_units_and_settings(page, app):
    opened(page, app + RIDGE)
    with np.load(taken(page, "Numbers (NPZ)").path(), allow_pickle=False) as arrays:
        settings, units = (json.loads(str(arrays[name])) for name in ("settings", "units"))
        names = set(arrays.files)
    assert settings["page"] == "ridge"
    assert settings["parameters"]["lambda"] == "50"
    assert set(units) == names - {"settings", "units"}
    text = taken(page, "Numbers (CSV)").path().read_text(encoding="utf-8")
    assert "# lambda = 50\n" in text


@pytest.fixture
def course(app, tmp_path):
    """A page of another origin with the lines for embedding in it."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    handler.log_message = lambda *_said: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def put(lines):
            document = f'<!doctype html><link rel="icon" href="data:,"><h1>Course</h1>{lines}'
            (tmp_path / "course.html").write_text(document, encoding="utf-8")
            return f"http://127.0.0.1:{server.server_port}/course.html"

        yield put
        server.shutdown()


@pytest.mark.parametrize(
    ("language", "download", "play", "first", "whole"),
    [
        ("en", "Download", "Play", "First step", "Open the whole page"),
        ("ko", "내려받기", "재생", "첫 단계", "전체 페이지 열기"),
    ],
)
def test_a_page_stands_in_another(language, download, play, first, whole, page, app, course):
    opened(page, f"{app}{SHORT}&lang={language}", download)
    lines = page.locator("[class*=-embed] textarea").input_value()
    assert 'width="800" height="600"' in lines
    assert f"lang={language}" in lines
    page.goto(course(lines))
    frame = page.frame_locator("iframe")
    frame.locator("figure.lp-plane .main-svg").first.wait_for()
    frame.get_by_label(first, exact=True).click()
    frame.get_by_label(play, exact=True).click()
    frame.locator(".lp-clock", has_text=re.compile(r"20 (of|/) 20")).wait_for()
    for hidden in ("stSidebar", "stTopNavLink", "stHeader"):
        assert frame.locator(f"[data-testid={hidden}]:visible").count() == 0
    assert frame.locator(".lp-readout:visible, table:visible").count() == 0
    link = frame.get_by_role("link", name=whole)
    link.hover()
    href = link.get_attribute("href")
    assert "embed" not in href
    assert href.startswith(f"{app}paths?")
    assert f"lang={language}" in href
    box, outside = link.bounding_box(), page.locator("iframe").bounding_box()
    assert box["y"] + box["height"] <= outside["y"] + outside["height"], "seen without scrolling"
