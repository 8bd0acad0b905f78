"""Basins in a browser: the path under the pointer, a click that starts there, and work that is superseded."""

from urllib.parse import parse_qs, urlsplit

import pytest
from looking import PICTURE, opened

# How many dark pixels the canvas above a side's picture has: those of the path under the pointer.
DARK = """(side) => {
    const canvas = document.querySelectorAll('figure.lp-plane canvas.lp-overlay')[side];
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 150 && data[i] + data[i + 1] + data[i + 2] < 180) count++;
    }
    return count;
}"""
# The place on the screen of a point of a side's picture, in data coordinates.
PLACE = """([side, x, y]) => {
    const picture = document.querySelectorAll('figure.lp-plane .lp-picture')[side];
    const { xaxis, yaxis } = picture._fullLayout;
    const box = picture.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}"""
STILL = '[data-test-script-state="notRunning"]'
BAR = ".st-key-under-way .stProgress"


def still(page, address):
    opened(page, address, role="plane")
    page.wait_for_selector(STILL, state="attached")


def place(page, side, x, y):
    """The place on the screen of a point of the left (0) or the right (1) picture."""
    return page.evaluate(PLACE, [side, x, y])


def clicked(page, side, x, y):
    """Click a start; the start that the address then says."""
    before = page.evaluate("location.search")
    page.mouse.click(*place(page, side, x, y))
    page.wait_for_function("(old) => location.search !== old", arg=before)
    page.wait_for_selector(STILL, state="attached")
    said = parse_qs(urlsplit(page.evaluate("location.href")).query)
    return [float(said[key][0]) for key in "xy"]


def test_under_the_pointer_is_the_path_of_that_side_alone(page, app):
    still(page, app + "rates?study=basins&resolution=64")
    before = [page.evaluate(DARK, side) for side in (0, 1)]
    for _attempt in range(100):  # the paths come when all of them are walked
        across, up = place(page, 1, -2.0, 1.0)
        page.mouse.move(across - 4, up)
        page.mouse.move(across, up)
        page.wait_for_timeout(100)
        if page.evaluate(DARK, 1) > before[1] + 50:
            break
    assert page.evaluate(DARK, 1) > before[1] + 50
    assert page.evaluate(DARK, 0) == before[0]


def test_a_click_starts_both_paths_there(page, app):
    still(page, app + "rates?study=basins&resolution=64")
    assert clicked(page, 0, 2.0, -3.0) == pytest.approx([2.0, -3.0], abs=0.1)
    assert clicked(page, 1, -4.0, 1.0) == pytest.approx([-4.0, 1.0], abs=0.1)


def test_a_long_picture_begins_coarse_and_gives_way(page, app):
    page.set_default_timeout(90_000)  # Newton's method from 150,000 starts, and its compilation
    page.goto(app + "rates?study=basins&optimizer=newton&versus=newton&resolution=384&steps=1000")
    page.wait_for_selector(BAR)
    page.wait_for_selector(PICTURE.format("plane") + " .main-svg")
    page.get_by_text("Starts that end").wait_for()
    page.get_by_text("One rate", exact=True).click()
    page.wait_for_selector(PICTURE.format("chart") + " .main-svg")
    page.wait_for_selector(STILL, state="attached")
    assert page.locator(BAR).count() == 0
