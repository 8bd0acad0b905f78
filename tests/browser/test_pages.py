"""The pages in a browser: clicks, links, back and forward, languages, themes, downloads."""

import csv
import io
import os
import re

import find_browser
import numpy as np
import pytest

PICTURE = "figure.lp-{} .lp-picture"
PAGES = ("", "surfaces", "paths", "ridge")
SHORT_PATH = "paths?landscape=himmelblau&optimizers=gd&steps=20"
OWN = re.compile(r"^(http://127\.0\.0\.1:\d+/|data:|blob:)")
# What a reader sees of the state of a page: every field, the table of results, and the read-out.
STATE = """() => {
    const all = selector => [...document.querySelectorAll('[data-testid=stSidebar] ' + selector)];
    return {
        fields: all('[class*=st-key-] input').map(input => [
            input.getAttribute('aria-label'), input.type === 'checkbox' ? input.checked : input.value]),
        tags: all('[aria-label^=Remove]').map(tag => tag.getAttribute('aria-label')),
        pressed: all('[aria-checked=true], [aria-pressed=true]').map(button => button.innerText),
        table: document.querySelector('[data-testid=stMarkdownContainer] table')?.innerText,
        readout: document.querySelector('.lp-readout')?.innerText,
    };
}"""


def opened(page, address):
    """Open a page and wait for its pictures."""
    page.goto(address)
    return drawn(page)


def drawn(page):
    page.wait_for_selector(PICTURE.format("plane") + " .main-svg")
    return still(page)


def still(page):
    """Wait until the server has nothing more to say."""
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    return page


def link(page):
    return page.evaluate("() => decodeURIComponent(location.pathname.slice(1) + location.search)")


def said(page, *words, without=()):
    """Wait until the address says these words, and none of the others."""
    page.wait_for_function(
        """([words, without]) => {
            const address = decodeURIComponent(location.href);
            const holds = word => address.includes(word);
            return words.every(holds) && !without.some(holds);
        }""",
        arg=[list(words), list(without)],
    )
    return still(page)


def typed(page, label, value):
    field = page.locator(f"input[type=number][aria-label='{label}']")
    field.fill(str(value))
    field.press("Enter")


def shows(page, label, value):
    """Wait until a field shows a number."""
    page.wait_for_function(
        """([label, value]) => Number(document.querySelector(
            `input[type=number][aria-label="${label}"]`)?.value || NaN) === value""",
        arg=[label, value],
    )


def clock(page, text):
    page.wait_for_function("text => document.querySelector('.lp-clock')?.textContent === text", arg=text)


def press(page, group, option):
    page.locator(f".st-key-{group} button", has_text=option).click()


def click_at(page, panel, x, y):
    """Click a picture from above at a place in data coordinates; how far a pixel reaches there."""
    box = page.locator(f"{panel} .nsewdrag").bounding_box()
    (left, right), (bottom, top) = page.evaluate(
        """panel => {
            const { xaxis, yaxis } = document.querySelector(panel + ' .lp-picture')._fullLayout;
            return [[...xaxis.range], [...yaxis.range]];
        }""",
        panel,
    )
    across, up = (x - left) / (right - left), (y - bottom) / (top - bottom)
    page.mouse.click(box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"])
    return (right - left) / box["width"], (top - bottom) / box["height"]


def point(page):
    """The point that the address says."""
    return [float(re.search(rf"[?&]{key}=([^&]*)", link(page))[1]) for key in "xy"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error_and_asks_no_other_host(name, page, app):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app + name)
    page.wait_for_selector(PICTURE.format("plane") + " .main-svg" if name else ".st-key-gallery img")
    still(page)
    assert len(asked) > 5
    assert [address for address in asked if not OWN.match(address)] == []
    assert page.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0


def test_a_click_moves_the_start_and_the_address_and_back_undoes_it(page, app):
    opened(page, app + SHORT_PATH)
    before = page.evaluate(STATE)
    reach = click_at(page, "figure.lp-plane", 1.5, -2.0)
    said(page, "&x=", "&y=")
    x, y = point(page)
    assert abs(x - 1.5) <= reach[0]
    assert abs(y - -2.0) <= reach[1]
    shows(page, "Start x", x)
    shows(page, "Start y", y)
    page.get_by_label("First step").click()
    clock(page, "Step 0 of 20")
    theta = page.locator(".lp-readout tbody tr", has_text="θ").first.locator("td").inner_text()
    shown = [float(part) for part in theta.replace("−", "-").strip("()").split(",")]
    np.testing.assert_allclose(shown, [x, y], atol=1e-3)
    page.get_by_label("Last step").click()
    page.go_back()
    said(page, without=["x=", "y="])
    shows(page, "Start x", -0.5)
    page.wait_for_function(f"before => JSON.stringify(({STATE})()) === JSON.stringify(before)", arg=before)


def test_a_click_on_surfaces_measures_there(page, app):
    opened(page, app + "surfaces?landscape=saddle")
    click_at(page, "figure.lp-plane", 0.5, 0.25)
    said(page, "x=", "y=")
    x, y = point(page)
    page.get_by_text(f"x = {x:.4g}, y = {y:.4g}").wait_for()


def test_the_camera_survives_a_slider(page, app):
    opened(page, app + SHORT_PATH)
    scene = page.locator(PICTURE.format("scene"))
    box = scene.bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=6)
    page.mouse.up()
    page.wait_for_selector("figure.lp-scene .lp-reset:not([hidden])")
    camera = "() => document.querySelector('figure.lp-scene .lp-picture')._fullLayout.scene.camera.eye"
    turned = page.evaluate(camera)
    page.locator(".st-key-lr-gd- input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    said(page, "lr-gd=")
    page.locator(".st-key-steps- input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    said(page, "steps=30")
    clock(page, "Step 30 of 30")
    assert page.evaluate(camera) == turned


def test_slider_and_field_move_together(page, app):
    opened(page, app + SHORT_PATH)
    slider = page.locator(".st-key-lr-gd- input[type=range]")
    typed(page, "Gradient descent · η", 0.0123)
    said(page, "lr-gd=0.0123")
    assert slider.get_attribute("aria-valuetext") == "0.012"
    slider.focus()
    page.keyboard.press("ArrowRight")
    said(page, "lr-gd=0.015")
    shows(page, "Gradient descent · η", 0.015)


def test_play_reaches_the_last_step(page, app):
    opened(page, app + SHORT_PATH)
    page.get_by_label("First step").click()
    clock(page, "Step 0 of 20")
    page.get_by_label("Speed").select_option("200")
    page.get_by_label("Play", exact=True).click()
    clock(page, "Step 20 of 20")


def test_back_and_forward_restore_every_control(page, app):
    opened(page, app + SHORT_PATH)
    states = [(link(page), page.evaluate(STATE))]

    def record(*words, without=()):
        said(page, *words, without=without)
        states.append((link(page), page.evaluate(STATE)))

    page.locator(".st-key-landscape input").click()
    page.get_by_role("option", name="Booth").click()
    record("landscape=booth")
    typed(page, "Start x", 3)
    record("x=3")
    page.locator(".st-key-race label").click()
    record("race=true")
    press(page, "height", "Linear")
    record("height=linear")
    page.get_by_label("Remove Gradient descent").click()
    record("landscape=booth", without=["optimizers=gd&"])
    page.locator(".st-key-steps- input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    record("steps=10")
    addresses = [address for address, _state in states]
    assert len(set(addresses)) == len(states) == 7

    def arrived(address, state):
        page.wait_for_function(
            f"""([address, state]) =>
                decodeURIComponent(location.pathname.slice(1) + location.search) === address
                && JSON.stringify(({STATE})()) === state""",
            arg=[address, page.evaluate("state => JSON.stringify(state)", state)],
        )
        still(page)

    for address, state in reversed(states[:-1]):
        page.go_back()
        arrived(address, state)
    for address, state in states[1:]:
        page.go_forward()
        arrived(address, state)


def test_a_copied_link_shows_the_same_to_another_reader(page, app, browser):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, app + "paths?landscape=ravine&optimizers=gd,adam")
    click_at(page, "figure.lp-plane", 2.0, 1.0)
    said(page, "x=")
    typed(page, "Gradient descent · η", 0.0771)
    said(page, "lr-gd=0.0771")
    page.locator(".st-key-race label").click()
    said(page, "race=true")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == page.evaluate("() => location.href")
    other = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB", color_scheme="light")
    reader = opened(other.new_page(), copied)
    reader.wait_for_function(
        f"state => JSON.stringify(({STATE})()) === JSON.stringify(state)", arg=page.evaluate(STATE)
    )
    assert reader.evaluate("() => location.href") == copied
    other.close()


def test_a_link_that_cannot_be_used_is_told_once(page, app):
    opened(page, app + SHORT_PATH.replace("steps=20", "steps=1e9") + "&x=NaN&y=2&lr-gd=%3Cb%3E")
    alert = page.locator("[data-testid=stAlert]")
    for words in ("“NaN” is not a finite number", "1e+09 is above 2000", "“?b?” is not a finite number"):
        assert words in alert.inner_text()
    said(page, "y=2", without=["NaN", "steps", "lr-gd"])
    shows(page, "Start x", -0.5)
    shows(page, "Start y", 2)
    page.reload()
    drawn(page)
    assert alert.count() == 0


def test_the_navigation_takes_the_landscape_along(page, app):
    opened(page, app + "surfaces?landscape=booth&x=2&y=1")
    page.get_by_test_id("stTopNavLink").filter(has_text="Paths").click()
    page.wait_for_selector("figure.lp-curve")
    said(page, "paths?", "landscape=booth", "x=2", "y=1")
    shows(page, "Start x", 2)
    page.get_by_test_id("stTopNavLink").filter(has_text="Ridge").click()
    page.wait_for_selector("text=Condition number of")
    said(page, "ridge", without=["landscape", "x="])
    assert page.locator("[data-testid=stAlert]").count() == 0


def test_a_card_opens_its_picture(page, app):
    page.goto(app)
    page.get_by_role("link", name="Diamond or circle").click()
    drawn(page)
    said(page, "ridge?", "penalty=l1", "rho=0.99")
    page.go_back()
    page.wait_for_selector(".st-key-gallery img")


def test_korean_by_the_link_and_by_the_switch(page, app):
    opened(page, app + SHORT_PATH + "&lang=ko")
    page.get_by_text("학습률").first.wait_for(state="attached")
    assert page.get_by_label("재생", exact=True).count() == 1
    assert page.get_by_text("Gradient descent", exact=True).count() == 0
    press(page, "lang", "English")
    said(page, without=["lang=ko"])
    page.get_by_label("Play", exact=True).wait_for()
    press(page, "lang", "한국어")
    said(page, "lang=ko")
    page.get_by_label("재생", exact=True).wait_for()
    page.get_by_test_id("stTopNavLink").filter(has_text="곡면").click()
    page.wait_for_selector("text=조건수")
    page.go_back()
    page.go_back()
    page.get_by_label("재생", exact=True).wait_for()


def test_a_korean_browser_is_answered_in_korean(browser, app):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="ko-KR")
    reader = opened(context.new_page(), app + SHORT_PATH)
    reader.get_by_label("재생", exact=True).wait_for()
    assert "lang" not in link(reader)
    context.close()


@pytest.mark.parametrize("name", PAGES[1:])
def test_the_dark_theme_reaches_the_pictures(name, browser, app):
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="en-GB", color_scheme="dark"
    )
    reader = opened(context.new_page(), app + name)
    reader.wait_for_selector(".lp.lp-dark")

    def lightness(selector, what):
        color = reader.evaluate(
            "([selector, what]) => getComputedStyle(document.querySelector(selector))[what]", [selector, what]
        )
        return np.mean([int(part) for part in re.findall(r"\d+", color)[:3]])

    assert lightness(".stApp", "backgroundColor") < 60
    assert lightness(PICTURE.format("plane") + " .xtick text", "fill") > 170
    context.close()


def test_downloads(page, app):
    opened(page, app + SHORT_PATH)

    def downloaded(label):
        with page.expect_download() as found:
            page.get_by_role("button", name=label).click()
        return found.value

    page.get_by_role("button", name="Download").click()
    table = downloaded("Numbers (CSV)")
    assert table.suggested_filename == "paths.csv"
    text = table.path().read_text(encoding="utf-8")
    lines = list(csv.DictReader(line for line in io.StringIO(text) if not line.startswith("#")))
    assert [line["step"] for line in lines] == [str(step) for step in range(21)]
    arrays = np.load(downloaded("Numbers (NPZ)").path())
    np.testing.assert_array_equal(arrays["gd/losses"], [float(line["loss"]) for line in lines])
    assert "import landscape" in downloaded("Python script").path().read_text(encoding="utf-8")
    assert downloaded("Interactive page (HTML").path().stat().st_size > 4_000_000


def test_without_webgl_the_scene_says_so_and_the_rest_works(playwright_browser_without_webgl, app):
    reader = opened(playwright_browser_without_webgl.new_page(), app + SHORT_PATH)
    reader.get_by_text("This 3-D picture needs WebGL").wait_for()
    click_at(reader, "figure.lp-plane", 1.0, 1.0)
    said(reader, "x=", "y=")
    reader.get_by_label("First step").click()
    clock(reader, "Step 0 of 20")


@pytest.fixture
def playwright_browser_without_webgl(browser):
    executable = os.environ.get("LANDSCAPE_BROWSER") or next(find_browser.installed())
    flags = ["--no-sandbox", "--disable-3d-apis", "--disable-gpu", "--disable-background-networking"]
    other = browser.browser_type.launch(executable_path=executable, args=flags)
    yield other
    other.close()
