"""The plot component in a browser: clicks, player, read-out, and what survives every control."""

import re

import numpy as np
import pytest
from looking import COUNT_PAINTS, PICTURE, PIXELS, VERMILLION, clock, drag, opened, parsed, shown

from landscape.studio.plot import Panel, Track, standalone_html

START, CURVATURES = np.array([-1.5, 0.75]), np.array([1.0, 4.0])


def iterate(rate, step):
    """Where gradient descent on (x² + 4y²)/2 stands, in closed form."""
    return START * (1 - rate * CURVATURES) ** step


@pytest.fixture
def demo(page, component_app):
    return opened(page, component_app)


def state(page):
    """What the script has last shown: its own values and the last click."""
    return page.evaluate("() => document.querySelector('[data-testid=stJson]').innerText")


def set_number(page, label, value):
    field = page.get_by_label(label, exact=True)
    field.fill(str(value))
    field.press("Enter")
    page.wait_for_function(
        "text => document.querySelector('[data-testid=stJson]').innerText.replace(/\\s/g, '').includes(text)",
        arg=f'"{label}":{value}',
    )


def range_of(page):
    return page.evaluate(
        "role => [...document.querySelector(role).layout.xaxis.range]", PICTURE.format("plane")
    )


def camera_of(page):
    return page.evaluate(
        "role => document.querySelector(role).layout.scene.camera.eye", PICTURE.format("scene")
    )


def clicked(page, panel):
    """Wait for a click of this panel; its coordinates."""
    page.wait_for_function(
        "panel => document.querySelector('[data-testid=stJson]').innerText.includes(panel)", arg=f'"{panel}"'
    )
    numbers = re.search(rf'"{panel}"(.*?)\]', state(page), re.DOTALL)[1]
    return [float(number) for number in re.findall(r":(-?[\d.e-]+)", numbers)]


def test_a_click_comes_back_in_data_coordinates(demo):
    drag_area = demo.locator(PICTURE.format("plane") + " .nsewdrag").bounding_box()
    # A quarter from the left of [-2, 4], a tenth from the top of [-1, 1].
    demo.mouse.click(drag_area["x"] + 0.25 * drag_area["width"], drag_area["y"] + 0.1 * drag_area["height"])
    x, y = clicked(demo, "map")
    pixel = 6.0 / drag_area["width"], 2.0 / drag_area["height"]
    assert abs(x - -0.5) <= pixel[0]
    assert abs(y - 0.8) <= pixel[1]


def test_a_click_in_3d_lies_on_the_surface(demo):
    box = demo.locator(PICTURE.format("scene")).bounding_box()
    demo.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    demo.wait_for_selector(PICTURE.format("scene") + " .hovertext")
    demo.mouse.down()
    demo.mouse.up()
    x, y, z = clicked(demo, "side")
    assert -2 <= x <= 4
    assert -1 <= y <= 1
    assert z == pytest.approx((x**2 + 4 * y**2) / 2, abs=1e-6)


def test_zoom_camera_and_hidden_paths_survive_a_control(demo):
    demo.evaluate("() => { window.kept = document.querySelector('figure.lp-scene .lp-picture'); }")
    before, camera = range_of(demo), camera_of(demo)
    drag(demo, "plane", (120, 60), (300, 240))
    demo.wait_for_selector("figure.lp-plane .lp-reset:not([hidden])")
    drag(demo, "scene", (150, 80), (220, 110))
    demo.wait_for_selector("figure.lp-scene .lp-reset:not([hidden])")
    demo.locator(".lp-chip").first.click()
    zoomed, turned = range_of(demo), camera_of(demo)
    assert zoomed[0] > before[0]
    assert abs(turned["x"] - camera["x"]) > 0.1
    assert demo.evaluate(PIXELS, ["plane", VERMILLION, None, 0]) == 0, "the hidden path is gone"
    set_number(demo, "rate", 0.12)
    set_number(demo, "steps", 30)
    clock(demo, "Step 30 of 30")
    assert range_of(demo) == zoomed
    assert camera_of(demo) == turned
    assert demo.locator(".lp-chip").first.get_attribute("aria-pressed") == "false"
    assert demo.evaluate(PIXELS, ["plane", VERMILLION, None, 0]) == 0
    assert demo.evaluate("() => window.kept === document.querySelector('figure.lp-scene .lp-picture')")
    assert "clicked" in state(demo)
    assert "map" not in state(demo), "a drag is no click"
    demo.locator("figure.lp-plane .lp-reset").click()
    assert range_of(demo) == before
    assert demo.locator("figure.lp-plane .lp-reset").is_hidden()


def test_a_path_that_changes_repaints_no_surface(demo):
    demo.evaluate(COUNT_PAINTS)
    before = shown(demo)["θ"]
    set_number(demo, "rate", 0.2)
    demo.wait_for_function(
        "before => !document.querySelector('.lp-readout').innerText.includes(before)", arg=before
    )
    np.testing.assert_allclose(parsed(shown(demo)["θ"]), iterate(0.2, 40), rtol=1e-3)
    assert demo.evaluate("() => [window.paints.plane ?? 0, window.paints.scene ?? 0]") == [0, 0]
    end = demo.wait_for_function(
        """before => {
            const { x } = document.querySelector('figure.lp-scene .lp-picture')._fullData[2];
            return Math.abs(x[x.length - 1] - before) > 1e-3 && [x[0], x[x.length - 1]];
        }""",
        arg=iterate(0.1, 40)[0],
    )
    np.testing.assert_allclose(end.json_value(), [START[0], iterate(0.2, 40)[0]], rtol=1e-6)


def test_the_read_out_is_the_closed_form_at_every_step(demo):
    demo.locator(".lp-range").focus()
    demo.keyboard.press("Home")
    for step in range(4):
        clock(demo, f"Step {step} of 40")
        cells, theta = shown(demo), iterate(0.1, step)
        np.testing.assert_allclose(parsed(cells["θ"]), theta, rtol=1e-3)
        np.testing.assert_allclose(parsed(cells["Loss"]), [(theta**2 * CURVATURES).sum() / 2], rtol=1e-3)
        np.testing.assert_allclose(parsed(cells["gradient"]), theta * CURVATURES, rtol=1e-3)
        np.testing.assert_allclose(parsed(cells["update"]), -0.1 * theta * CURVATURES, rtol=1e-3)
        assert demo.evaluate(PIXELS, ["plane", VERMILLION, theta.tolist(), 4]) > 20, (
            "the point is where it says"
        )
        demo.keyboard.press("ArrowRight")
    demo.keyboard.press("End")
    clock(demo, "Step 40 of 40")
    assert shown(demo)["gradient"] == "—"


def test_play_reaches_the_last_step_and_pauses_there(demo):
    demo.locator(".lp-rate").select_option("200")
    demo.locator(".lp-play").click()
    clock(demo, "Step 40 of 40")
    demo.wait_for_function("() => document.querySelector('.lp-play').getAttribute('aria-label') === 'Play'")
    demo.get_by_label("First step").click()
    clock(demo, "Step 0 of 40")
    demo.get_by_label("One step forward").click()
    clock(demo, "Step 1 of 40")
    demo.get_by_label("One step back").click()
    clock(demo, "Step 0 of 40")
    demo.locator(".lp-rate").select_option("1")
    demo.locator(".lp-panels").focus()
    demo.keyboard.press("Space")
    assert demo.locator(".lp-play").get_attribute("aria-label") == "Pause"
    demo.keyboard.press("Space")
    assert demo.locator(".lp-play").get_attribute("aria-label") == "Play"
    demo.locator(".lp-range").fill("17")
    clock(demo, "Step 17 of 40")


def test_the_position_stays_and_the_end_stays_the_end(demo):
    clock(demo, "Step 40 of 40")
    set_number(demo, "steps", 50)
    clock(demo, "Step 50 of 50")
    demo.locator(".lp-range").fill("30")
    set_number(demo, "rate", 0.15)
    clock(demo, "Step 30 of 50")
    set_number(demo, "steps", 20)
    clock(demo, "Step 20 of 20")


def test_paths_are_aligned_by_step_or_by_gradient_evaluations(page, component_app):
    demo = opened(page, component_app, "?runs=2&align=evaluations")
    clock(demo, "Gradient evaluations 80 of 80")
    demo.locator(".lp-range").fill("7")
    clock(demo, "Gradient evaluations 7 of 80")
    assert [shown(demo, column)["Step"] for column in (0, 1)] == ["7", "3"]
    np.testing.assert_allclose(parsed(shown(demo, 0)["θ"]), iterate(0.1, 7), rtol=1e-3)
    np.testing.assert_allclose(parsed(shown(demo, 1)["θ"]), iterate(0.05, 3), rtol=1e-3)
    demo.locator(".lp-range").fill("60")
    assert shown(demo, 0)["Step"] == "40 · ended"
    assert shown(demo, 1)["Step"] == "30"


def test_a_diverging_path_is_seen_leaving_and_says_when(page, component_app):
    demo = opened(page, component_app, "?rate=1.5&steps=600")
    # |y_k| = 0.75 · 5^k: y² overflows first where 5^2k · 9/8 > 1.8e308, at k = 221.
    steps = np.arange(600)
    with np.errstate(over="ignore"):
        losses = (iterate(1.5, steps[:, None]) ** 2 * CURVATURES).sum(axis=1) / 2
    diverged = int(np.argmax(~np.isfinite(losses)))
    assert 200 < diverged < 240
    assert f"diverged at step {diverged}" in demo.locator(".lp-chip").first.inner_text()
    assert shown(demo)["Step"] == f"diverged at step {diverged}"
    start, first = iterate(1.5, 0), iterate(1.5, 1)
    share = (-1 - start[1]) / (first[1] - start[1])
    border = start + share * (first - start)
    assert demo.evaluate(PIXELS, ["plane", VERMILLION, [border[0], -0.96], 6]) > 20
    assert "outside the picture" in demo.locator("figure.lp-curve .lp-note").inner_text()
    assert "leaves the picture" in demo.locator("figure.lp-scene .lp-note").inner_text()


def test_the_theme_is_followed_while_the_page_is_open(demo):
    color = "role => getComputedStyle(document.querySelector(role + ' .xtick text')).fill"
    light = demo.evaluate(color, PICTURE.format("plane"))
    demo.emulate_media(color_scheme="dark")
    demo.wait_for_selector(".lp.lp-dark")
    demo.wait_for_function(f"light => ({color})('{PICTURE.format('plane')}') !== light", arg=light)
    red, green, blue = map(int, re.findall(r"\d+", demo.evaluate(color, PICTURE.format("plane")))[:3])
    assert min(red, green, blue) > 180


def test_pictures_have_names_and_controls_have_labels(demo):
    for name in ("The bowl from above.", "The bowl from the side.", "Loss against step."):
        assert demo.get_by_role("img", name=name).count() == 1
    for control in demo.locator(".lp button, .lp input, .lp select").all():
        assert (control.get_attribute("aria-label") or control.inner_text()).strip()


def test_a_narrow_page_has_one_column_and_a_laptop_needs_no_scrolling(demo):
    lefts = (
        "() => [...document.querySelectorAll('.lp-panel')].map(panel => panel.getBoundingClientRect().left)"
    )
    assert len(set(demo.evaluate(lefts))) == 2
    player = demo.locator(".lp-player").bounding_box()
    assert player["y"] + player["height"] < 768
    demo.set_viewport_size({"width": 420, "height": 800})
    demo.wait_for_function(f"() => new Set(({lefts})()).size === 1")
    assert demo.evaluate(
        "() => document.querySelector('.lp').scrollWidth <= document.querySelector('.lp').clientWidth"
    )


def test_arrows_that_were_hidden_stay_hidden_in_another_language(demo):
    chip = demo.locator(".lp-arrows .lp-chip").nth(1)
    assert chip.inner_text().strip() == "update"
    chip.click()
    assert chip.get_attribute("aria-pressed") == "false"
    demo.get_by_text("korean").click()
    demo.wait_for_function(
        "() => document.querySelectorAll('.lp-arrows .lp-chip')[1].innerText.trim() === '이동량'"
    )
    assert chip.get_attribute("aria-pressed") == "false"
    assert demo.locator(".lp-arrows .lp-chip").first.get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("lost", [1, 2], ids=["at once", "again when the answer is lost"])
def test_a_browser_that_lost_a_figure_asks_for_it(page, component_app, lost):
    demo = opened(page, component_app, f"?lost={lost}")
    clock(demo, "Step 40 of 40")
    assert demo.locator(".lp-alert").count() == 0


def test_without_webgl_the_other_pictures_work(page, component_app):
    page.add_init_script(
        """const real = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return String(kind).includes("webgl") ? null : real.call(this, kind, ...rest);
        };"""
    )
    demo = opened(page, component_app, role="plane")
    demo.wait_for_selector("figure.lp-scene .lp-alert")
    assert "WebGL" in demo.locator("figure.lp-scene .lp-alert").inner_text()
    assert demo.locator("figure.lp-plane .lp-alert").count() == 0
    demo.get_by_label("One step back").click()
    clock(demo, "Step 39 of 40")


def test_without_plotly_it_says_so(browser, component_app):
    context = browser.new_context()
    page = context.new_page()
    page.route(re.compile(r"/landscape/plotly-"), lambda route: route.abort())
    page.goto(component_app)
    page.wait_for_selector("figure.lp-plane .lp-alert")
    assert "plotly.js did not load" in page.locator("figure.lp-plane .lp-alert").inner_text()
    context.close()


def test_a_document_of_its_own_plays_without_a_network(page, tmp_path):
    figure = {"data": [], "layout": {"xaxis": {"range": [-2, 4]}, "yaxis": {"range": [-1, 1]}}}
    points = iterate(0.1, np.arange(11)[:, None])
    run = Track("a", "Run a", "#d55e00", points, (points**2 * CURVATURES).sum(axis=1) / 2)
    document = tmp_path / "picture.html"
    document.write_text(standalone_html([Panel("map", figure, "plane", "A map.")], [run]), encoding="utf-8")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(document.as_uri())
    clock(page, "Step 10 of 10")
    page.get_by_label("First step").click()
    np.testing.assert_allclose(parsed(shown(page)["θ"]), START, rtol=1e-3)
    assert page.evaluate(PIXELS, ["plane", VERMILLION, START.tolist(), 4]) > 20
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
