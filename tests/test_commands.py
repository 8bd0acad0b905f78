"""Commands: a slice without a screen, whole and interrupted, and what is said where it cannot be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from landscape.commands import kept, main, slices

ROOT = Path(__file__).resolve().parents[1]
MODULE = """
import jax, jax.numpy as jnp, landscape
data = jax.random.normal(jax.random.key(0), (50, 3))
start = {"w": jax.random.normal(jax.random.key(1), (3, 4)), "v": jnp.ones(4)}

def loss(p):
    return jnp.mean((jnp.tanh(data @ p["w"]) @ p["v"] - data[:, 0]) ** 2)

net = landscape.Objective(loss, start, measures={"size": lambda p: jnp.sum(p["w"] ** 2)})
bowl = landscape.Objective(lambda p: p[0] ** 2 + 10 * p[1] ** 2, jnp.array([3.0, 2.0]))
hole = landscape.Objective(lambda p: jnp.log(p[0] + 0 * p[1]), jnp.array([0.5, 1.0]))
object = landscape.Objective(lambda p: p["w"].sum(), {"w": jnp.ones(3), "act": jnp.tanh})
vector = landscape.Objective(lambda p: p, jnp.ones(3))
number = 3

def made():
    return net

def needy(argument):
    return net

def breaking():
    raise RuntimeError("my own mistake")

def own(p):
    raise ValueError("my own rule")

refusing = landscape.Objective(own, jnp.ones(3))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.modules.pop("mine", None)


def command(*words):
    return main(["slice", *map(str, words)])


def small(objective="mine.py:net", *words, out="slice.npz"):
    return command(objective, "--out", out, "--resolution", "12x9", "--part-size", 20, *words)


def python(code, folder, **environment):
    """Run a program in the folder, as a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )


def test_a_slice_is_what_the_library_evaluates(folder, capsys):
    assert small("mine.py:made", "--plane", "random", "--seed", 3, "--filter-axis", 0, "--directions") == 0
    assert "12 x 9 points" in capsys.readouterr().out
    with np.load("slice.npz", allow_pickle=False) as file:
        found = {name: file[name] for name in file.files}
    settings, units = json.loads(str(found["settings"])), json.loads(str(found["units"]))
    assert settings["plane"] == {
        "kind": "random", "seed": 3, "normalize": "filter", "ignore": None, "filter_axis": 0,
    }  # fmt: skip
    assert "values[i, j] at x[j], y[i]" in units["values"]
    data = sys.modules["mine"].data
    rows = [
        [
            np.mean(
                (
                    np.tanh(np.asarray(data) @ (found["origin/w"] + a * found["u/w"] + b * found["v/w"]))
                    @ (found["origin/v"] + a * found["u/v"] + b * found["v/v"])
                    - data[:, 0]
                )
                ** 2
            )
            for a in found["x"]
        ]
        for b in found["y"]
    ]
    np.testing.assert_allclose(found["values"], rows, rtol=1e-6)
    # Along the first axis of "w" there are its filters: each row of u has the length of its own.
    np.testing.assert_allclose(
        np.linalg.norm(found["u/w"], axis=1), np.linalg.norm(found["origin/w"], axis=1), rtol=1e-6
    )


def test_two_parameters_are_their_own_coordinates(folder):
    assert command("mine:bowl", "--out", "bowl.npz", "--resolution", 3, "--extent", -1, 1, 0, 2) == 0
    with np.load("bowl.npz") as file:
        assert file["values"].tolist() == [[1, 0, 1], [11, 10, 11], [41, 40, 41]]
    assert command("mine:bowl", "--out", "about.npz", "--resolution", 3) == 0
    with np.load("about.npz") as file:
        assert file["x"].tolist() == [2.0, 3.0, 4.0]
    small_numbers = ["-1e-3", "1E-3", "-2.", "-.5"]
    assert command("mine:bowl", "--out", "near.npz", "--resolution", 2, "--extent", *small_numbers) == 0
    with np.load("near.npz") as file:
        assert (file["x"].tolist(), file["y"].tolist()) == ([-0.001, 0.001], [-2.0, -0.5])


def test_a_file_named_like_a_module_in_use_leaves_that_one_alone(folder):
    (folder / "mine.py").rename(folder / "json.py")
    assert small("json.py:net") == 0
    assert sys.modules["json"] is json
    sys.modules.pop("given_json")


def test_what_is_not_finite_stays_and_is_told(folder, capsys):
    assert command("mine:hole", "--out", "hole.npz", "--resolution", 4) == 0
    assert "4 not finite" in capsys.readouterr().out  # where the abscissa is -0.5
    with np.load("hole.npz") as file:
        assert np.isnan(file["values"][:, :1]).all()


def test_a_measure_and_the_plane_of_another_slice(folder):
    assert small("mine:net", "--directions", "--measure", "size") == 0
    assert small("mine:net", "--plane", "slice.npz", "--measure", "size", out="again.npz") == 0
    with np.load("slice.npz") as one, np.load("again.npz") as other:
        np.testing.assert_array_equal(one["values"], other["values"])
        np.testing.assert_allclose(one["values"][4, 0], np.sum((one["origin/w"] - one["u/w"]) ** 2))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mine"], "`module:objective`"),
        (["nowhere:net"], "no module 'nowhere'"),
        (["nowhere.py:net"], "no file nowhere.py"),
        (["mine:nothing"], "Its objectives are: net, bowl"),
        (["mine:number"], "got int"),
        (["mine:needy"], "a function without arguments"),
        (["mine:vector"], "one number"),
        (["mine:object"], "eqx.partition"),
        ([".mine:net"], "no name of a module"),
        (["mine:net", "--plane", "nowhere.npz"], "a file that exists"),
        (["mine:net", "--plane", "mine.py"], "no NPZ file"),
        (["mine:net", "--plane", "gradient", "--seed", 1], "--seed says something of the plane random"),
        (["mine:net", "--extent", 1, -1, 0, 1], "`extent` must run from"),
        (["mine:net", "--plane", "coordinates", "--parameters", 0, 99], "from 0 to 15"),
        (["mine:net", "--measure", "height"], "`measure` must be one of size"),
        (["mine:net", "--memory-limit", "1kB"], "`memory_limit` must be at least"),
        (["mine:net", "--devices", 9], "--devices must be from 1 to"),
        (["mine:net", "--part-size", 0], "--part-size must be at least 1"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(folder, capsys, words, said):
    assert command(*words, "--out", "slice.npz", "--resolution", 5) == 2
    assert said in capsys.readouterr().err
    assert not Path("slice.npz").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--resolution", "many"], "such as 201, or 201x101"),
        (["--memory-limit", "much"], "such as 2GB"),
    ],
)
def test_words_that_are_no_numbers(folder, capsys, words, said):
    with pytest.raises(SystemExit) as stopped:
        command("mine:net", "--out", "slice.npz", *words)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_errors_of_the_readers_own_are_seen_whole(folder):
    with pytest.raises(ValueError, match="my own rule"):
        small("mine:refusing")
    with pytest.raises(RuntimeError, match="my own mistake"):
        small("mine:breaking")
    Path("importing.py").write_text("import nowhere_at_all")
    with pytest.raises(ModuleNotFoundError, match="nowhere_at_all"):
        small("importing:net")


def test_outputs_are_asked_for_where_they_can_be(folder, capsys):
    assert small(out="slice.txt") == 2
    assert small(out="nowhere/slice.npz") == 2
    assert "no folder nowhere" in capsys.readouterr().err
    Path("folder.npz").mkdir()
    assert small("mine.py:net", "--restart", out="folder.npz") == 2
    assert "must be a file" in capsys.readouterr().err


KILLED = """
import os, signal
from landscape.commands import kept, main

add = kept.Kept.add

def dying(self, index, values):
    if index == 3:  # half of its record is written when the process is killed
        self.file.write(kept.HEAD.pack(index, values.size) + values.tobytes()[:40])
        os.kill(os.getpid(), signal.SIGKILL)
    add(self, index, values)

kept.Kept.add = dying
main("slice mine.py:net --out slice.npz --resolution 12x9 --part-size 20".split())
"""


def test_killed_and_started_again_it_writes_the_same_file(folder, monkeypatch):
    assert small(out="whole.npz") == 0
    done = python(KILLED, folder)
    assert done.returncode == -9, done.stderr
    assert not Path("slice.npz").exists()
    computed = []
    losses_at = slices.losses_at
    monkeypatch.setattr(
        slices, "losses_at", lambda *args, **more: computed.append(1) or losses_at(*args, **more)
    )
    assert small() == 0
    assert len(computed) == 3  # of 6: three were whole, and the torn one is made anew
    assert Path("slice.npz").read_bytes() == Path("whole.npz").read_bytes()
    assert not Path("slice.npz.part").exists()


def test_a_byte_that_has_changed_is_noticed(folder, monkeypatch, capsys):
    assert small(out="whole.npz") == 0
    interrupt(monkeypatch, after=3)
    assert small() == 130
    assert "3 of 6 parts are kept" in capsys.readouterr().err
    values = Path("slice.npz.part/values")
    content = bytearray(values.read_bytes())
    content[len(content) // 2] ^= 1  # in the second record
    values.write_bytes(content)
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    assert small() == 0
    assert Path("slice.npz").read_bytes() == Path("whole.npz").read_bytes()


def interrupt(monkeypatch, after):
    """Press Ctrl-C in a part."""
    losses_at, computed = slices.losses_at, []

    def pressed(*args, **more):
        if len(computed) == after:
            raise KeyboardInterrupt
        computed.append(1)
        return losses_at(*args, **more)

    monkeypatch.setattr(slices, "losses_at", pressed)


def test_other_settings_and_another_loss_are_refused(folder, monkeypatch, capsys):
    interrupt(monkeypatch, after=2)
    assert small() == 130
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    capsys.readouterr()
    assert small("mine.py:net", "--seed", 5) == 1
    assert "(seed of the plane was 0, is 5)" in (said := capsys.readouterr().err)
    assert "--restart" in said
    (folder / "mine.py").write_text(MODULE.replace("jnp.tanh", "jnp.sin"))
    assert small() == 1
    assert "another loss" in capsys.readouterr().err
    assert small("mine.py:net", "--restart", "--quiet") == 0
    assert capsys.readouterr().out == ""


def test_where_nothing_was_computed_other_settings_begin(folder, capsys):
    assert small("mine.py:net", "--memory-limit", "1kB") == 2
    assert small("mine.py:net", "--memory-limit", "10MB") == 0


def test_what_is_there_is_not_written_over(folder, capsys):
    assert small() == 0
    before = Path("slice.npz").stat().st_mtime_ns
    assert small() == 0
    assert "is there" in capsys.readouterr().out
    assert small("mine.py:net", "--seed", 1) == 1
    assert json.loads(str(np.load("slice.npz")["settings"]))["height_at_start"] > 0
    capsys.readouterr()
    (folder / "mine.py").write_text(MODULE.replace("jnp.tanh", "jnp.sin"))
    assert small() == 1
    assert "another loss" in capsys.readouterr().err
    Path("other.npz").write_text("mine")
    assert small(out="other.npz") == 1
    assert Path("slice.npz").stat().st_mtime_ns == before
    assert Path("other.npz").read_text() == "mine"


FULL = """
import resource, sys
from landscape.commands import main
from landscape.commands import kept

limit = int(sys.argv[1]) if len(sys.argv) > 1 else {limit}
begin = kept.Kept.begin

def begun(self, *arguments):
    begin(self, *arguments)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

kept.Kept.begin = begun
sys.exit(main("slice mine.py:net --out slice.npz --resolution 12x9 --part-size 20".split()))
"""


@pytest.mark.parametrize(("limit", "parts"), [(500, 2), (1500, 6)], ids=["in a part", "at the end"])
def test_a_full_disk_leaves_what_was_computed(folder, limit, parts):
    # A record has 16 + 160 + 16 bytes; the file at the end some 3,000.
    done = python(FULL.replace("{limit}", str(limit)), folder, JAX_ENABLE_COMPILATION_CACHE="false")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "make room" in done.stderr
    assert not Path("slice.npz").exists()
    assert sorted(path.name for path in Path("slice.npz.part").iterdir()) == [
        "header.json",
        "plane.npz",
        "values",
    ]
    with kept.Kept(Path("slice.npz"), restart=False) as there:
        assert len(there.parts()) == parts
    assert small() == 0
    assert small(out="whole.npz") == 0
    assert Path("slice.npz").read_bytes() == Path("whole.npz").read_bytes()


def test_one_process_at_a_time(folder, capsys):
    with kept.Kept(Path("slice.npz"), restart=False):
        assert small() == 1
    assert "another process" in capsys.readouterr().err


DEVICES = """
import jax
from landscape.commands import main, slices

words = "slice mine.py:net --resolution 12x9 --part-size 20 --out".split()
assert len(jax.devices()) == 8
assert main([*words, "whole.npz"]) == 0
losses_at, count = slices.losses_at, []

def pressed(*args, **more):
    count.append(1)
    if len(count) == 3:
        raise KeyboardInterrupt
    return losses_at(*args, **more)

slices.losses_at = pressed
assert main([*words, "slice.npz"]) == 130
assert main([*words, "slice.npz"]) == 0
assert open("slice.npz", "rb").read() == open("whole.npz", "rb").read()
"""


def test_eight_devices_share_it_and_go_on(folder):
    done = python(DEVICES, folder, XLA_FLAGS="--xla_force_host_platform_device_count=8")
    assert done.returncode == 0, done.stderr
    assert small(out="one.npz") == 0
    with np.load("slice.npz") as eight, np.load("one.npz") as one:
        np.testing.assert_allclose(eight["values"], one["values"], rtol=1e-12)
        assert json.loads(str(eight["settings"]))["devices"] == "8 x cpu"


def test_the_line_of_a_terminal():
    meter = slices.Meter(count=1000, begun=100, quiet=False)
    assert meter.line(100, now=0.0) == " 10 %  compiling"
    meter.first = (10.0, 200)
    assert meter.line(300, now=20.0) == " 30 %  10 points/s  70 s left"
    assert not meter.shown  # pytest's screen is no terminal


def test_help_from_outside(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "landscape", "--help"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0
    assert "slice" in done.stdout
