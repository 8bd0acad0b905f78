"""Show: the app in the process of a program, and how it is ended."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from landscape import Objective, Plane
from landscape.planes.given import MAX_ROWS, walked
from landscape.studio import shown

ROOT = Path(__file__).resolve().parents[1]
START = {"w": jnp.ones((2, 2)), "b": jnp.zeros(2)}
BOWL = Objective(lambda p: jnp.sum(p["w"] ** 2) + jnp.sum(p["b"] ** 2), START)


@pytest.fixture(autouse=True)
def nothing_shown():
    yield
    shown.forget()


def run(code, folder, *words):
    return subprocess.run(
        [sys.executable, *words, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )


SHOWN = """
import pickle, socket, sys, threading, urllib.request
import jax.numpy as jnp, landscape
assert "streamlit" not in sys.modules

def mine():
    pass

bowl = landscape.Objective(lambda w: jnp.sum(w ** 2), jnp.ones(3))

def status(screen):
    return urllib.request.urlopen(screen.url.replace("own?part=python", "_stcore/health")).status

with landscape.show(bowl, open_browser=False, block=False) as screen:
    assert status(screen) == 200
    assert screen.url in repr(screen) and "iframe" in screen._repr_html_()
    again = landscape.show(bowl, open_browser=False, block=False)
    assert again is screen
    assert screen._serving.socket.getsockname()[0] == "127.0.0.1"  # nobody else reaches it
    from streamlit import config
    assert config.get_option("browser.gatherUsageStats") is False
    assert config.get_option("theme.light.primaryColor") == "#0072b2"
assert not screen.running and "stopped" in repr(screen)

taken = socket.create_server(("127.0.0.1", 0))
try:
    landscape.show(bowl, port=taken.getsockname()[1], open_browser=False, block=False)
    raise SystemExit("not refused")
except ValueError as error:
    assert "in use" in str(error), error

second = landscape.show(bowl, open_browser=False, block=False)  # after an end it can begin again
assert status(second) == 200
second.stop()
second.stop()
assert pickle.loads(pickle.dumps(mine)) is mine

# In a script it waits for Ctrl-C.
import _thread
waited = type(second).wait

def interrupted(screen):
    threading.Timer(0.5, _thread.interrupt_main).start()  # not before it waits, however slow the machine is
    waited(screen)

type(second).wait = interrupted
third = landscape.show(bowl, open_browser=False)
assert not third.running
assert all(each.name != "landscape" for each in threading.enumerate())
from landscape.studio import shown
assert len(shown.showings()) == 4  # the one that was refused has left nothing
print("done")
"""


def test_a_program_shows_ends_and_shows_again_from_anywhere(tmp_path):
    done = run(SHOWN, tmp_path)
    assert done.stdout.strip() == "done", done.stderr
    assert "Landscape shows it at http://127.0.0.1:" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []  # nothing is written where it runs


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"objective": 3}, "must be a landscape.Objective"),
        ({"objective": Objective(jnp.sum, jnp.ones(1))}, "two parameters or more, got 1"),
        ({"objective": Objective(lambda p: p, jnp.ones(2))}, "one number"),
        ({"objective": Objective(jnp.sum, {"w": jnp.ones(2), "act": jax.nn.relu})}, "eqx.partition"),
        ({"plane": Plane.random(jnp.ones(3))}, "`plane` must have the structure"),
        ({"paths": [np.ones((3, 7))]}, "`paths` must be paths"),
        ({"paths": [jax.tree.map(lambda leaf: leaf[None], START)]}, "two finite iterates or more, got 1"),
        ({"paths": [[START, START]] * 7}, "at most 6, got 7"),
        ({"paths": walked(BOWL, [START, START]).path}, "a sequence of paths, .* got Path"),
        ({"extent": ((1, 0), (0, 1))}, "`extent` must run from"),
    ],
)
def test_what_does_not_fit_is_told(arguments, said):
    with pytest.raises(ValueError, match=said):
        shown.put(**{"objective": BOWL} | arguments)
    assert shown.showings() == []


def test_errors_of_the_loss_are_the_programs_own():
    def own(params):
        raise RuntimeError("my own mistake")

    with pytest.raises(RuntimeError, match="my own mistake"):
        shown.put(Objective(own, jnp.ones(2)))


def test_paths_of_every_form():
    rows = [jax.tree.map(lambda leaf, k=k: leaf * (1 - k / 4), START) for k in range(3)]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *rows)
    showing = shown.put(BOWL, paths={"a list": rows, "stacked": stacked})
    assert [each.name for each in showing.paths] == ["a list", "stacked"]
    for each in showing.paths:
        np.testing.assert_array_equal(each.path.params["w"], np.stack([row["w"] for row in rows]))
    np.testing.assert_array_equal(showing.end["w"], np.full((2, 2), 0.5))


def test_a_long_path_is_thinned_and_a_diverging_one_ends():
    rows = np.linspace(1.0, 0.0, 3000)[:, None] * np.ones(2)
    rows[2500:] = np.nan
    found = walked(Objective(jnp.sum, jnp.ones(2)), rows)
    assert found.diverged_at == 2500
    assert len(found.steps) == MAX_ROWS
    assert (found.steps[0], found.steps[-1]) == (0, 2499)
    np.testing.assert_array_equal(found.path.params, rows[found.steps])


def test_the_newest_few_are_kept():
    numbers = [shown.put(BOWL).number for _ in range(shown.KEPT + 2)]
    assert [each.number for each in shown.showings()] == numbers[: -shown.KEPT - 1 : -1]
    with pytest.raises(shown.GoneError):
        shown.showing(numbers[0])


INTERRUPTED = """
import _thread, asyncio, threading
import jax.numpy as jnp, landscape
from landscape.studio import serving, shown

announced = serving.Serving._announced

def slow(self, startup):
    go_on = announced(self, startup)

    async def late(sockets=None):
        _thread.interrupt_main()  # Ctrl-C while it is still starting
        await asyncio.sleep(0.5)
        await go_on(sockets)

    return late

serving.Serving._announced = slow
try:
    landscape.show(landscape.Objective(jnp.sum, jnp.ones(3)), open_browser=False)
except KeyboardInterrupt:
    assert not shown.showings()
    assert all(each.name != "landscape" for each in threading.enumerate())
    print("done")
"""


def test_ctrl_c_before_it_stands_leaves_nothing_behind(tmp_path):
    done = run(INTERRUPTED, tmp_path)
    assert done.stdout.endswith("done\n"), done.stderr
