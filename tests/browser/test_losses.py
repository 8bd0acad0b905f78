"""The page Losses in a browser: every topic draws, and a click does what the reader means."""

import pytest
from looking import PICTURE, STILL, arrived, asked, place, waits

from landscape.studio.studies.losses import STUDIES
from landscape.studio.texts import catalogue

READY = """count => {
    const pictures = [...document.querySelectorAll('figure.lp-panel .lp-picture')];
    return pictures.length >= count && pictures.every(each => each.querySelector('.main-svg, canvas'));
}"""


TOPIC = "name => (new URLSearchParams(location.search).get('topic') ?? 'curves') === name"


def test_every_topic_draws_one_after_the_other(page, app):
    arrived(page, app + "losses?lang=ko", "chart")
    for name, (title, _show) in STUDIES.items():
        page.get_by_role("radio", name=catalogue("ko").gettext(title), exact=True).click()
        page.wait_for_function(TOPIC, arg=name)
        page.wait_for_selector(STILL, state="attached")
        page.wait_for_function(READY, arg=2)
        assert page.locator(".stException, [data-testid=stAlert]").count() == 0
    assert asked(page)["topic"] == list(STUDIES)[-1]


def test_a_click_on_the_curves_reads_them_off(page, app):
    arrived(page, app + "losses", "chart")
    page.mouse.click(*place(page, "The losses", -3.0, 4.0))
    assert float(waits(page, "at-curves")) == pytest.approx(-3.0, abs=0.05)


def test_a_click_moves_the_outlier(page, app):
    arrived(page, app + "losses?topic=outliers", "chart")
    page.mouse.click(*place(page, "outlier", -1.0, 8.0))
    assert float(waits(page, "outlier-x-outliers")) == pytest.approx(-1.0, abs=0.1)
    assert float(asked(page)["outlier-y-outliers"]) == pytest.approx(8.0, abs=0.2)


def test_a_click_moves_the_distribution(page, app):
    arrived(page, app + "losses?topic=distributions")
    page.mouse.click(*place(page, "landscape of W₁", -4.0, 2.0))
    assert float(waits(page, "x")) == pytest.approx(-4.0, abs=0.2)
    assert float(asked(page)["y"]) == pytest.approx(2.0, abs=0.1)
    assert page.locator(PICTURE.format("plane")).count() == 3
