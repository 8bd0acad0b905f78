"""The page Learning rates in a browser: clicks set rates, drags zoom, and work in hand can be stopped."""

import math
import re

import pytest
from looking import COUNT_PAINTS, PICTURE, STILL, arrived, asked, place, waits


def dragged(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def test_a_click_on_the_sweep_sets_the_rate(page, app):
    arrived(page, app + "rates?landscape=ravine&steps=50", "chart")
    page.mouse.click(*place(page, "learning rate", 0.01, 1e-3))
    assert float(waits(page, "lr-gd")) == pytest.approx(0.01, rel=0.05)
    page.get_by_text("Gradient descent crawls").first.wait_for()


def test_moving_the_rate_repaints_neither_the_landscape_nor_the_sweep(page, app):
    arrived(page, app + "rates?landscape=ravine&steps=50&lr-gd=0.01", "chart")
    page.evaluate(COUNT_PAINTS)
    slider = page.locator(".st-key-numbers-gd input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    waits(page, "lr-gd", "0.01")
    painted = page.evaluate("window.paints")
    assert "plane" not in painted
    assert "chart" not in painted


def test_a_click_on_the_map_sets_both_numbers(page, app):
    arrived(page, app + "rates?study=two-numbers&landscape=ravine&steps=50", "chart")
    page.mouse.click(*place(page, "pair of numbers", 0.1, 0.5))
    waits(page, "momentum-momentum")
    found = asked(page)
    assert float(found["lr-momentum"]) == pytest.approx(0.1, abs=0.005)
    assert float(found["momentum-momentum"]) == pytest.approx(0.5, abs=0.02)


def test_a_drag_zooms_into_the_border_and_back(page, app):
    arrived(page, app + "rates?study=border&detail=64", "chart")
    dragged(page, place(page, "converges", 0.5, 1.25), place(page, "converges", 1.0, 0.75))
    window = [float(limit) for limit in waits(page, "window").split(",")]
    for limit, wished in zip(window, (0.5, 1.0, 0.75, 1.25), strict=True):
        assert math.isclose(limit, wished, abs_tol=0.02)
    page.get_by_text(re.compile(r"^Zoom [34]")).wait_for()
    page.get_by_role("button", name="Back").click()
    page.wait_for_function("() => !location.search.includes('window')")


def test_refining_can_be_stopped(page, app):
    page.goto(app + "rates?study=border&detail=512&seed-border=5")
    page.get_by_role("button", name="Stop").click()
    page.get_by_text(re.compile(r"^Stopped at \d+² cells")).wait_for()
    page.wait_for_selector(STILL, state="attached")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text(re.compile(r"^Stopped at")).wait_for()


def test_another_study_supersedes_the_work(page, app):
    page.goto(app + "rates?study=border&detail=512&seed-border=6")
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_text("One rate", exact=True).click()
    page.wait_for_selector(PICTURE.format("plane") + " .main-svg")
    page.wait_for_selector(STILL, state="attached")
    assert page.get_by_role("button", name="Stop").count() == 0
