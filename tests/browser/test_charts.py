"""Charts, windows, threads and clouds of the plot component in a browser."""

import numpy as np
import pytest
from looking import COUNT_PAINTS, PICTURE, PIXELS, VERMILLION, clock, drag, opened

from landscape.studio.plot import Mark, Panel, standalone_html

SWEEP, BORDER = "chart:nth-of-type(1)", "chart:nth-of-type(2)"
GREEN, INK = (0, 158, 115), (20, 24, 31)
START, CURVATURES = np.array([-1.5, 0.75]), np.array([1.0, 4.0])
SAID = "() => JSON.parse(document.querySelector('[data-testid=stCode]').innerText)"
RANGES = """picture => {
    const { xaxis, yaxis } = document.querySelector(picture)._fullLayout;
    return [[...xaxis.range], [...yaxis.range]];
}"""


@pytest.fixture
def charts(page, component_app):
    opened(page, component_app, "charts", role="plane")
    page.wait_for_selector(PICTURE.format(BORDER) + " .nsewdrag")
    clock(page, "Step 20 of 20")
    return page


def area(page, role):
    """The rectangle of a picture's axes: left, top, width and height."""
    box = page.locator(PICTURE.format(role) + " .nsewdrag").bounding_box()
    return box["x"], box["y"], box["width"], box["height"]


def place(page, role, across, down):
    """The place on the page at these shares of a picture's axes."""
    left, top, width, height = area(page, role)
    return left + across * width, top + down * height


def drag_shares(page, role, start, end):
    """Drag between two places given in shares of the axes."""
    box = page.locator(PICTURE.format(role)).bounding_box()
    corners = [place(page, role, *share) for share in (start, end)]
    drag(page, role, *[(x - box["x"], y - box["y"]) for x, y in corners])


def said(page, what, count):
    """Wait until the script has heard of so many clicks or windows; all of them."""
    page.wait_for_function(f"([what, count]) => ({SAID})()[what].length >= count", arg=[what, count])
    return page.evaluate(SAID)[what]


def wait_for_pixels(page, *arguments):
    """Wait until something of the colour is drawn there; how many pixels."""
    return page.wait_for_function(f"places => ({PIXELS})(places)", arg=list(arguments)).json_value()


def test_a_click_on_logarithmic_axes_is_the_value(charts):
    _, _, width, height = area(charts, SWEEP)
    charts.mouse.click(*place(charts, SWEEP, 1 / 3, 0.25))
    [[panel, x, y]] = said(charts, "clicks", 1)
    assert panel == "sweep"
    # A third of the way from 10⁻³ to 1, a quarter of the way down from 10³ to 10⁻⁶.
    assert abs(np.log10(x) - -2) <= 3 / width
    assert abs(np.log10(y) - 0.75) <= 9 / height


def test_a_line_at_the_rate_moves_and_repaints_nothing(charts):
    charts.evaluate(COUNT_PAINTS)
    heights = (1e-5, 1.0, 500.0)
    for height in heights:
        assert charts.evaluate(PIXELS, [SWEEP, GREEN, [0.1, height], 3]) > 0, "from the bottom to the top"
    assert charts.evaluate(PIXELS, [SWEEP, INK, [0.002, 3.0], 6]) == 0, "the colour of text, not of a plane"
    field = charts.get_by_label("rate", exact=True)
    field.fill("0.3")
    field.press("Enter")
    charts.wait_for_function(f"() => ({SAID})().rate === 0.3")
    for height in heights:
        assert wait_for_pixels(charts, SWEEP, GREEN, [0.3, height], 3) > 0
        assert charts.evaluate(PIXELS, [SWEEP, GREEN, [0.1, height], 3]) == 0
    assert charts.evaluate("() => window.paints") == {}


def test_a_window_is_told_once_and_its_picture_replaces_the_zoom(charts):
    _, _, width, height = area(charts, BORDER)
    drag_shares(charts, BORDER, (0.25, 0.125), (0.75, 0.625))
    [[panel, x, y]] = said(charts, "windows", 1)
    assert panel == "border"
    # Of the decades from 10⁻³ to 1, and of the way down from 8 to 0.
    np.testing.assert_allclose(np.log10(x), [-2.25, -0.75], atol=3 / width)
    np.testing.assert_allclose(y, [3.0, 7.0], atol=8 / height)
    picture = PICTURE.format(BORDER)
    charts.wait_for_function(
        """([picture, left]) => {
            const { data } = document.querySelector(picture);
            return Math.abs(data[0].x[0] / left - 1) < 1e-9;
        }""",
        arg=[picture, x[0]],
    )
    np.testing.assert_allclose(charts.evaluate(RANGES, picture), [np.log10(x), y], rtol=1e-12)
    assert charts.locator("figure.lp-chart .lp-reset:not([hidden])").count() == 0, "no zoom is left"
    charts.mouse.click(*place(charts, BORDER, 0.5, 0.5))
    [click] = said(charts, "clicks", 1)
    assert click[0] == "border"
    assert np.log10(click[1]) == pytest.approx(np.log10(x).mean(), abs=2 / width)
    assert charts.evaluate(SAID)["windows"] == [[panel, x, y]], "told once, and a click is no window"


def test_a_window_of_one_axis_leaves_the_other_whole(charts):
    drag_shares(charts, BORDER, (0.5, 0.5), (0.9, 0.5))
    [[_, x, y]] = said(charts, "windows", 1)
    np.testing.assert_allclose(np.log10(x), [-1.5, -0.3], atol=3 / area(charts, BORDER)[2])
    assert y == [0.0, 8.0]


@pytest.mark.parametrize(
    ("start", "last"), [((1.0, 0.5), 5), ((0.5, 0.5), 20)], ids=["that ends early", "whole"]
)
def test_the_path_from_the_start_under_the_pointer_is_drawn(charts, start, last):
    end = np.array(start) * (1 - 0.2 * CURVATURES) ** last
    assert charts.evaluate(PIXELS, ["plane", INK, None, 0]) == 0
    # A little beside the start: [-2, 2] across, [1, -1] down.
    charts.mouse.move(*place(charts, "plane", (start[0] + 2.1) / 4, (1.05 - start[1]) / 2))
    assert wait_for_pixels(charts, "plane", INK, end.tolist(), 6) > 20
    halfway = np.array(start) * (1 - 0.1 * CURVATURES)  # between the start and the first step
    assert charts.evaluate(PIXELS, ["plane", INK, halfway.tolist(), 3]) > 0
    charts.mouse.move(5, 5)
    charts.wait_for_function(f"places => ({PIXELS})(places) === 0", arg=["plane", INK, None, 0])


def test_the_cloud_of_the_present_step_is_drawn_and_can_be_hidden(charts):
    def grains(step):
        center = START * (1 - 0.1 * CURVATURES) ** step - [0.0, 0.5]
        return charts.evaluate(PIXELS, ["plane", VERMILLION, center.tolist(), 26, 100])

    assert grains(19) == 0, "after the last step there is none"
    for step in (3, 9):
        charts.locator(".lp-range").fill(str(step))
        clock(charts, f"Step {step} of 20")
        assert grains(step) > 200
    assert grains(3) == 0, "it goes where the path goes"
    chip = charts.locator(".lp-arrows .lp-chip").nth(1)
    assert chip.inner_text().strip() == "gradient noise"
    chip.click()
    assert chip.get_attribute("aria-pressed") == "false"
    assert grains(9) == 0
    chip.click()
    assert grains(9) > 200


@pytest.fixture
def document(tmp_path):
    """A file of a chart and a plane with threads, without paths."""
    axes = {"xaxis": {"type": "log", "range": [-3, 0]}, "yaxis": {"range": [-1, 1]}}
    heat = {"type": "heatmap", "x": [1e-3, 1e-2, 1e-1, 1.0], "y": [-1.0, 1.0], "z": np.eye(2, 4)}
    plane = {"data": [], "layout": {"xaxis": {"range": [-2, 2]}, "yaxis": {"range": [-1, 1]}}}
    paths = np.array([[[-1.0, 0.5], [-1.0, -0.5]], [[1.0, 0.5], [0.5, 0.25]], [[np.nan, 0.0], [0.0, 0.0]]])
    panels = [
        Panel(
            *("chart", {"data": [heat], "layout": axes}, "chart", "A chart."),
            clickable=True,
            zoomable=True,
            marks=[Mark("vline", x=0.01, color="#009e73")],
        ),
        Panel("map", plane, "plane", "A map.", threads=paths),
    ]
    file = tmp_path / "charts.html"
    file.write_text(standalone_html(panels), encoding="utf-8")
    return file.as_uri()


def test_a_document_of_its_own_has_charts_zoom_and_threads(page, document):
    page.goto(document)
    page.wait_for_selector(PICTURE.format("chart") + " .nsewdrag")
    page.wait_for_selector(PICTURE.format("plane") + " .nsewdrag")
    assert wait_for_pixels(page, "chart", GREEN, [0.01, 0.9], 3) > 0
    drag_shares(page, "chart", (0.25, 0.25), (0.75, 0.75))
    page.wait_for_selector("figure.lp-chart .lp-reset:not([hidden])")
    width, height = area(page, "chart")[2:]
    across, up = page.evaluate(RANGES, PICTURE.format("chart"))
    np.testing.assert_allclose(across, [-2.25, -0.75], atol=3 / width)
    np.testing.assert_allclose(up, [-0.5, 0.5], atol=2 / height)
    assert wait_for_pixels(page, "chart", GREEN, [0.01, 0.4], 3) > 0, "the line is where its value is now"
    page.locator("figure.lp-chart .lp-reset").click()
    assert page.evaluate(RANGES, PICTURE.format("chart")) == [[-3, 0], [-1, 1]]
    page.mouse.move(*place(page, "plane", 0.3, 0.5))
    assert wait_for_pixels(page, "plane", INK, [-1.0, -0.5], 6) > 20
    page.mouse.move(*place(page, "plane", 0.7, 0.5))
    assert wait_for_pixels(page, "plane", INK, [0.5, 0.25], 6) > 20
    assert page.evaluate(PIXELS, ["plane", INK, [-1.0, -0.5], 6]) == 0


def test_a_finger_leaves_the_path_that_it_has_touched(browser, document):
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.goto(document)
    page.wait_for_selector(PICTURE.format("plane") + " .nsewdrag")
    for across, end in ((0.3, [-1.0, -0.5]), (0.7, [0.5, 0.25])):
        page.touchscreen.tap(*place(page, "plane", across, 0.5))
        assert wait_for_pixels(page, "plane", INK, end, 6) > 20
    context.close()
