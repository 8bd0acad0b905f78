"""The part of a program on the page Your own."""

import importlib
import io
import struct
import sys
import zipfile

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from visiting import rerun, text, visit

from landscape import Objective, evaluate, fidelity
from landscape.commands.kept import archive
from landscape.planes.given import of_numbers
from landscape.studio import opened, shown, viewed
from landscape.studio.studies.own import python_files
from landscape.studio.studies.own import python_pictures as pictures
from landscape.studio.studies.own.python_pictures import Picture
from landscape.studio.viewed import View
from landscape.studio.weights import UnusableFileError

PROGRAM = """
import jax.numpy as jnp
import numpy as np
import landscape

SCALES = jnp.array([1.0, 4.0, 9.0])

def loss(params):
    return jnp.sum(SCALES * params["w"] ** 2) / 2

objective = landscape.Objective(
    loss, {"w": jnp.ones(3)}, title="Three springs", measures={"sum": lambda p: jnp.sum(p["w"])}
)
times = np.arange(12)[:, None]
paths = {"by hand": {"w": (1 - 0.1 * np.array([1.0, 4.0, 9.0])) ** times}}
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    (tmp_path / "springs.py").write_text(PROGRAM)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("springs")
    sys.modules.pop("springs", None)
    shown.forget()


def open_part(**link):
    app = visit("own", part="python", **link)
    for _ in range(60):
        if "under-way" not in str(app.button) and "Roughness" in text(app):
            break
        rerun(app)
    return app


def test_where_nothing_is_shown_it_says_how():
    shown.forget()
    app = visit("own", part="python")
    assert "landscape.show" in text(app)
    codes = [each.value for each in app.code]
    names = {}
    exec(codes[0].replace("__main__", "elsewhere"), names)  # what is to be copied runs
    assert names["objective"].num_parameters == 16
    # At 1366 pixels with the lesson beside it, a line of code has room for 80 letters.
    assert max(len(line) for code in codes for line in code.splitlines()) <= 80
    assert codes[1].startswith("python -m landscape slice my_program.py:objective")
    assert "여러분의 프로세스" in text(visit("own", part="python", lang="ko"))


def test_what_is_said_of_a_path_is_what_the_library_finds(program):
    showing = shown.put(program.objective, paths=program.paths)
    app = open_part(**{"size-python": "13", "plane-python": "gradient"})
    trust = fidelity(program.objective, viewed.plane(View(showing.number, "gradient")), showing.paths[0].path)
    share = float(f"{100 * trust.explained_variance:.2g}")
    assert f"holds {share:g} % of the path" in text(app)
    # The losses along the path by the formula, not by the library.
    rows = program.paths["by hand"]["w"]
    np.testing.assert_allclose(trust.losses, (rows**2 @ [1, 4, 9]) / 2)
    assert "from 1 to 9 over all 3 directions" in text(app)
    assert any("Three springs: 3 parameters" in each.value for each in app.caption)


def test_a_measure_a_seed_and_another_language(program):
    shown.put(program.objective)
    link = {"plane-python": "random", "seed-python": "7", "size-python": "13", "height-python": "sum"}
    app = visit("own", part="python", lang="ko", **link)
    for _ in range(60):
        if "거칠기" in text(app):
            break
        rerun(app)
    assert "거칠기" in text(app)
    assert app.query_params["seed-python"] == "7"
    assert app.query_params["height-python"] == "sum"


def test_the_newest_is_shown_and_an_earlier_one_can_be_chosen(program):
    first = shown.put(program.objective)
    shown.put(program.objective.replace(title="Another"))
    app = visit("own", part="python", **{"size-python": "13"})
    assert app.selectbox(key="shown").options[0].endswith("Another")
    app.selectbox(key="shown").set_value(str(first.number))
    rerun(app)
    assert app.query_params["shown"] == str(first.number)


def test_a_program_keeps_its_own_main(monkeypatch):
    monkeypatch.setattr(shown, "_main", None)
    before = sys.modules["__main__"]
    shown.note_main()
    visit("own", part="python")
    assert sys.modules["__main__"] is before


def test_an_error_of_the_loss_is_a_sentence(program):
    calls = []

    def loss(params):
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("the *data* has gone\nand more")
        return jnp.sum(params)

    shown.put(Objective(loss, jnp.ones(3)))
    app = visit_with_error()
    assert "RuntimeError: the data has gone" in app.error[0].value.replace("  ", " ").replace(
        " data ", " data "
    )
    assert not app.exception


def visit_with_error():
    from streamlit.testing.v1 import AppTest
    from visiting import MAIN, PATIENCE

    app = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    app.switch_page("views/own.py")
    app.query_params.update({"part": "python", "size-python": "13"})
    for _ in range(60):
        app.run()
        if app.error:
            break
    return app


@pytest.mark.parametrize("kind", ["principal", "random"])
def test_the_script_makes_the_same_numbers(program, kind):
    showing = shown.put(program.objective, paths=program.paths)
    picture = Picture(View(showing.number, kind), "loss", 13, "linear")
    viewed.there(viewed.frame, picture.view)
    surface = viewed.there(viewed.surface, picture.view, 13, "loss")
    names = {}
    script = python_files.program(picture, 13)
    assert "from springs import objective, paths" in script
    exec(script, names)
    np.testing.assert_allclose(names["surface"].values, surface.values, rtol=1e-12)
    viewed.there(viewed.trust, picture.view, 0)
    offered = python_files.arrays(picture, surface)
    np.testing.assert_array_equal(offered["path-1/loss"], names["found"].losses)
    assert pictures.along(picture, 0) is not None


def test_a_loss_that_needs_much_is_drawn():
    # By an estimate 100 MB a point, some of which are evaluated at once.
    objective = Objective(lambda p: jnp.mean(p[0] * jnp.ones(13_000_000)) + p[1], jnp.ones(2))
    with pytest.raises(ValueError, match="memory_limit"):
        evaluate(objective, of_numbers(objective.start), resolution=13, extent=((0, 1), (0, 1)))
    view = View(shown.put(objective).number, "coordinates")
    surface = viewed.there(viewed.surface, view, 13, "loss")
    np.testing.assert_allclose(surface.values, surface.x + surface.y[:, None])
    shown.forget()


def slice_file(**changes):
    x, y = np.linspace(0, 1, 3), np.linspace(0, 1, 2)
    arrays = {
        "x": x,
        "y": y,
        "values": y[:, None] + x,
        "settings": '{"objective": "mine:net", "height": "loss"}',
    }
    return archive(arrays | changes)


def test_a_slice_of_the_command_is_opened():
    found = opened.read(slice_file(), "slice.npz")
    np.testing.assert_array_equal(found.surface.values, [[0, 0.5, 1], [1, 1.5, 2]])
    assert opened.said(found) == ["objective mine:net", "3 × 2"]
    shown.forget()
    app = visit("own", part="python")
    app.session_state["python-slice"] = found
    rerun(app)
    assert "objective mine:net" in app.info[0].value
    app.button(key="python-put-back").click()
    rerun(app)
    assert not app.info


class Evil:
    def __reduce__(self):
        return (print, ("run",))


def pickled():
    file = io.BytesIO()
    np.savez(file, x=np.array([Evil()]), y=np.ones(2), values=np.ones((2, 1)), settings="{}")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no zip", "no NPZ file"),
        (pickled(), "no NPZ file"),
        (archive({"x": [0.0, 1.0]}), "no `y`"),
        (slice_file(x=np.array([1.0, 0.0, 2.0])), "`x` must be numbers that increase"),
        (slice_file(x=np.array([0.0, np.nan, 2.0])), "`x` must be numbers that increase"),
        (slice_file(values=np.ones((3, 2))), "`values` must be as many"),
        (slice_file(values=np.ones((2, 3), int)), "`values` must be as many"),
        (slice_file(settings="[" * 5000), "settings of the file"),
        (b" " * (opened.MAX_MEGABYTES * 2**20 + 1), "larger than"),
    ],
)
def test_other_files_are_refused(data, said):
    with pytest.raises(UnusableFileError, match=said):
        opened.read(data, "slice.npz")


@pytest.mark.parametrize(
    "head",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}",
        "{'descr': '|S0', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': ',,,', 'fortran_order': False, 'shape': (3,)}",
        "(" * 5000,
        None,
    ],
    ids=["more than there is", "no such number", "no type", "open brackets", "no head"],
)
def test_heads_that_promise_what_is_not_there(head):
    text = (head or "").encode() + b"\n"
    content = b"bytes" if head is None else b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text
    data = io.BytesIO(slice_file())
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(made := io.BytesIO(), "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == "values.npy" else old.read(name))
    with pytest.raises(UnusableFileError):
        opened.read(made.getvalue(), "slice.npz")


def test_damage_anywhere_is_told():
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(slice_file())) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    refused = 0
    for place in range(0, len(file.getvalue()), 3):
        data = bytearray(file.getvalue())
        data[place] ^= 0xFF
        try:
            opened.read(bytes(data), "slice.npz")
        except UnusableFileError:
            refused += 1
    assert refused > 100


def test_settings_can_do_no_harm():
    found = opened.read(slice_file(settings='{"objective": "<b>[x](y)", "plane": {"kind": "*a*"}}'), "s.npz")
    assert not set("<>[]*") & set("".join(opened.said(found)))


def test_two_parameters_wherever_they_are():
    objective = Objective(lambda p: p["a"] ** 2 + p["b"][0], {"a": jnp.array(2.0), "b": jnp.array([3.0])})
    view = View(shown.put(objective).number, "coordinates")
    surface = viewed.there(viewed.surface, view, 13, "loss")
    x, y = np.meshgrid(surface.x, surface.y)
    np.testing.assert_allclose(surface.values, x**2 + y)
    assert (surface.x[0], surface.y[-1]) == (1.0, 4.0)
    assert jax.tree.structure(viewed.plane(view).u) == jax.tree.structure(objective.start)
    shown.forget()
