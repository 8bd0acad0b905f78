"""Print the path of a Chromium that starts here: `python tests/find_browser.py`.

Asked in turn: the variable LANDSCAPE_BROWSER, an installed Chromium or Chrome, Playwright's own
Chromium, the system's package manager. A browser counts only if it opens a page.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = {  # a browser, and letters for the Korean pages
    "apt-get": "apt-get install -y --no-install-recommends chromium fonts-nanum",
    "dnf": "dnf install -y chromium google-noto-sans-cjk-fonts",
    "apk": "apk add chromium font-noto-cjk",
}
MINUTES = 60  # in seconds


def starts(executable: str) -> bool:
    """Whether this browser opens a page."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
            page = browser.new_page()
            page.set_content("<p>ready</p>")
            ready = page.inner_text("p") == "ready"
            browser.close()
    except Error as error:
        say(f"{executable} does not start: {str(error).splitlines()[0]}")
        return False
    return ready


def installed() -> Iterator[str]:
    """The browsers that this machine already has."""
    for command in COMMANDS:
        if found := shutil.which(command):
            yield found


def playwrights_own() -> Iterator[str]:
    """Playwright's Chromium, downloaded if need be."""
    run([sys.executable, "-m", "playwright", "install", "chromium"], limit=10 * MINUTES)
    with sync_playwright() as playwright:
        executable = playwright.chromium.executable_path
    if Path(executable).exists():
        yield executable


def from_the_system() -> Iterator[str]:
    """A browser from the package manager, where we may use it without being asked for a password."""
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and run(["sudo", "-n", "true"], limit=MINUTES):
        prefix = ["sudo", "-n"]
    else:
        return
    for manager, command in PACKAGES.items():
        if shutil.which(manager):
            if manager == "apt-get":
                run([*prefix, "apt-get", "update"], limit=10 * MINUTES)
            run([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *command.split()], limit=30 * MINUTES)
            # A Chromium that Playwright has downloaded may have lacked only the libraries that came along.
            yield from installed()
            yield from playwrights_own()
            return


def run(command: list[str], limit: int) -> bool:
    """Run a command whose output goes to stderr, within a limit in seconds; whether it succeeded."""
    say("$ " + " ".join(command))
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=limit)
    except (OSError, subprocess.TimeoutExpired) as error:
        say(str(error))
        return False
    return done.returncode == 0


def say(message: str) -> None:
    """A line for the reader; stdout carries the answer alone."""
    print(message, file=sys.stderr, flush=True)


def main() -> int:
    """Print the first browser that starts, or say what to do."""
    if chosen := os.environ.get("LANDSCAPE_BROWSER"):
        sources: tuple[Iterator[str], ...] = (iter([chosen]),)
    else:
        sources = (installed(), playwrights_own(), from_the_system())
    for source in sources:
        for executable in source:
            if starts(executable):
                print(executable)
                return 0
    say(
        "No browser starts here, and the browser tests need one. Install Chromium or Chrome "
        "(Debian, Ubuntu: apt-get install chromium), or name one: "
        "LANDSCAPE_BROWSER=/path/to/chromium bash tests/run"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
