"""The app in a browser: how soon it stands, and how soon a pressed key shows."""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from browser.conftest import FLAGS, ROOT, SIZE, served
from measuring import Row, spell, times
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
CACHE = "JAX_COMPILATION_CACHE_DIR"
DRAWN = "figure.lp-plane .lp-picture .main-svg"
RATE = ".st-key-lr-gd- input[type=range]"
BARE_RATE = ".st-key-rate input[type=range]"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
FAILED = "[data-testid=stException]"
PATIENCE = 60_000  # milliseconds

WATCH = (HERE / "watch.js").read_text(encoding="utf-8")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that the browser tests use, too."""
    executable = os.environ.get("LANDSCAPE_BROWSER")
    if executable is None:
        asked = [sys.executable, str(HERE.parent / "find_browser.py")]
        executable = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@contextlib.contextmanager
def compiled_programs() -> Iterator[None]:
    """A folder of its own for the programs that the app keeps on disk."""
    before = os.environ.get(CACHE)
    folder = tempfile.mkdtemp(prefix="landscape-")
    os.environ[CACHE] = folder
    try:
        yield
    finally:
        os.environ.pop(CACHE)
        if before is not None:
            os.environ[CACHE] = before
        shutil.rmtree(folder)


def started(browser: Browser) -> float:
    """Seconds from `streamlit run` until the page Paths has drawn its first picture."""
    before = time.perf_counter()
    with served(ROOT / "app.py") as address:
        page = opened(browser, address + "paths", DRAWN)
        elapsed = time.perf_counter() - before
        page.context.close()
    return elapsed


def opened(browser: Browser, address: str, sign: str) -> Page:
    """A page of a laptop's size that shows the sign."""
    page = browser.new_context(viewport=SIZE).new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_selector(f"{sign}, {FAILED}")
    if page.locator(FAILED).count():
        raise RuntimeError(page.inner_text(FAILED))
    return page


def starts(count: int, *, cold: bool = True) -> list[Row]:
    """The first start fills the folder of compiled programs, empty if cold; the others find them there."""
    with chromium() as browser, compiled_programs() if cold else contextlib.nullcontext():
        first = started(browser)
        median = statistics.median(started(browser) for _ in range(count))
    return [
        Row(
            "second `streamlit run` to the first picture in Chromium",
            spell(median),
            f"{spell(first)} (the first one)",
            aim="≤ 6 s",
        )
    ]


def pressed(page: Page, slider: str, signs: list[str], key: str) -> dict[str, float]:
    """Seconds from a key on a slider until each of the signs is on the screen."""
    page.bring_to_front()
    page.wait_for_selector(IDLE)
    page.locator(slider).first.focus()
    page.evaluate("signs => watch.arm(signs)", signs)
    page.keyboard.press(key)
    seen = page.evaluate("() => watch.seen")
    page.wait_for_selector(IDLE)
    return {sign: milliseconds / 1000 for sign, milliseconds in seen.items()}


def presses(count: int) -> list[Row]:
    """A key on a learning rate of Paths against the same key on a bare page, in turn."""
    with (
        chromium() as browser,
        served(ROOT / "app.py") as address,
        served(HERE / "bare.py") as bare_address,
    ):
        ours = opened(browser, address + "paths", DRAWN)
        bare = opened(browser, bare_address, BARE_RATE)
        measured: dict[str, list[float]] = {"contour": [], "scene": [], "text": []}
        for turn in range(count + 2):
            key = "ArrowRight" if turn % 4 < 2 else "ArrowLeft"
            seen = pressed(ours, RATE, ["contour", "scene"], key)
            seen |= pressed(bare, BARE_RATE, ["text"], key)
            for sign, value in seen.items():
                if turn >= 2:
                    measured[sign].append(value)
    contour, scene, text = (statistics.median(measured[sign]) for sign in ("contour", "scene", "text"))
    return [
        Row(work, spell(value), f"{spell(text)} (bare page)", times(value / text), aim)
        for work, value, aim in (
            ("key on a learning rate to the contour repainted", contour, "≤ 2×"),
            ("key on a learning rate to contour and 3-D repainted", max(contour, scene), "≤ 4×"),
        )
    ]
