"""A real browser before the real app: `app` is its address, `page` an empty page that accepts no error."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import find_browser
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
FLAGS = (
    *("--no-sandbox", "--disable-background-networking", "--disable-component-update"),
    *("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
)
SIZE = {"width": 1366, "height": 768}
PATIENCE = 60  # seconds in which a server is ready
# Streamlit looks for its own address below the address of each page, and does not find it there.
EXPECTED = re.compile(r"/[^/]+/_stcore/(health|host-config)$")


@contextlib.contextmanager
def served(entry: Path) -> Iterator[str]:
    """The address of a Streamlit app that runs as its readers run it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "streamlit", "run", str(entry), "--server.port", str(port)),
        *("--server.headless", "true", "--server.fileWatcherType", "none", "--server.address", "127.0.0.1"),
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    listener = threading.Thread(target=lambda: said.extend(process.stdout), daemon=True)
    listener.start()
    try:
        wait_for_health(process, port, said)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
        listener.join(timeout=PATIENCE)
        process.stdout.close()


def wait_for_health(process: subprocess.Popen, port: int, said: list[str]) -> None:
    """Ask until the server answers; fail with what it said if it ends first."""
    for _ in range(10 * PATIENCE):
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/_stcore/health", timeout=PATIENCE
            ) as answer:
                if answer.status == 200:
                    return
        except urllib.error.URLError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
                break
    pytest.fail("the app did not start:\n" + "".join(said))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser that LANDSCAPE_BROWSER names, else one that is installed."""
    executable = os.environ.get("LANDSCAPE_BROWSER") or next(
        filter(find_browser.starts, find_browser.installed()), None
    )
    if executable is None:
        pytest.fail(
            "There is no browser for these tests. `bash tests/run` finds or installs one; or name one: "
            "LANDSCAPE_BROWSER=/path/to/chromium"
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    """The address of the app."""
    with served(ROOT / "app.py") as address:
        yield address


@pytest.fixture(scope="session")
def component_app() -> Iterator[str]:
    """The address of a page with nothing but the plot component and a few controls."""
    with served(HERE / "component_app.py") as address:
        yield address


def watched(page: Page) -> list[str]:
    """A list that fills with the errors that the page reports."""
    errors: list[str] = []

    def console(message) -> None:
        if message.type == "error" and not EXPECTED.search(message.location.get("url", "")):
            errors.append(message.text)

    page.on("console", console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(30_000)
    return errors


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a laptop's size in a browser without memory; errors of the console fail the test."""
    context = browser.new_context(viewport=SIZE, locale="en-GB", color_scheme="light")
    new = context.new_page()
    errors = watched(new)
    yield new
    context.close()
    assert errors == []
