"""What a page gives away: numbers, table, program and interactive file say the same as the page."""

import base64
import csv
import io
import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from taking import loaded, numbers, printed, ran, table, taken
from visiting import rows

from landscape import DATASETS, OPTIMIZERS
from landscape.figures.heights import number
from landscape.studio import cached, landscapes, pictures, regularized, server, sharing
from landscape.studio.plot import standalone_html

ROOT = Path(__file__).resolve().parents[1]
SIX = "adam,newton,l-bfgs,levenberg-marquardt,rmsprop,nesterov"
PATHS = [
    {"landscape": "rosenbrock", "optimizers": SIX, "steps": "40"},
    {"landscape": "himmelblau", "optimizers": "gd,l-bfgs,newton", "race": "true", "steps": "30"},
    {"landscape": "ravine", "optimizers": "gd", "lr-gd": "3", "steps": "2000"},
    {
        "landscape": "thrown-stone",
        "model": "polynomial",
        "loss": "huber",
        "optimizers": "adam",
        "steps": "50",
    },
    {"landscape": "diabetes", "features": "bmi,bp,s5", "axis-x": "w3", "axis-y": "b", "raw": "true"},
    {"landscape": "blobs", "model": "logistic", "loss": "mse", "optimizers": "lion", "x": "1.25"},
]
SURFACES = [
    {"landscape": "goldstein-price", "x": "0.3", "y": "-0.7"},
    {"landscape": "breast-cancer", "loss": "binary-cross-entropy", "axis-x": "b", "axis-y": "w2"},
    {"landscape": "line-with-outliers", "loss": "mae"},
]
RIDGES = [
    {"lambda": "50"},
    {"lambda": "0", "seed": "7"},
    {"data": "collinear", "rho": "0.9", "lambda": "3", "penalty": "l1", "lr": "0.002"},
    {"data": "collinear", "lambda": "2.5", "penalty": "elastic-net", "l1-ratio": "0.3"},
]
EVERY = [("paths", link) for link in PATHS] + [("surfaces", link) for link in SURFACES]
EVERY += [("ridge", link) for link in RIDGES]


def name_of(value):
    return value if isinstance(value, str) else "-".join(value.values())[:50]


@pytest.fixture
def given(monkeypatch):
    """Open a page and see what it gives away."""
    return partial(taken, monkeypatch)


def walked(app):
    """The paths of a page, computed once more without it."""
    choice, race = app.session_state["point-of"], app.session_state["race"]
    start = app.session_state["x"], app.session_state["y"]
    for name in app.session_state["optimizers"]:
        spec = OPTIMIZERS[name]
        keys = {each.name: each.name.replace("learning_rate", "lr") for each in spec.hyperparameters}
        values = {each: app.session_state[f"{key}-{name}"] for each, key in keys.items()}
        steps = round(app.session_state["steps"])
        path = cached.path(choice, name, tuple(values.items()), start, steps + 1)
        yield name, path.within(steps) if race else path.first(steps)


@pytest.mark.parametrize("link", PATHS, ids=name_of)
def test_the_numbers_of_paths(link, given):
    app, offers = given("paths", link)
    arrays, columns = loaded(offers), table(offers)
    surface = cached.surface(app.session_state["point-of"])
    np.testing.assert_array_equal(arrays["loss"], surface.values)
    np.testing.assert_array_equal(arrays["x"], surface.x)
    optimizers = np.array(columns["optimizer"])
    assert list(dict.fromkeys(optimizers)) == app.session_state["optimizers"]
    for name, path in walked(app):
        mine = optimizers == name
        for key, rows_of_path in {
            "params": path.params,
            "losses": path.losses,
            "gradients": path.gradients,
            "updates": path.updates,
            "evaluations": path.evaluations,
            **path.internals,
        }.items():
            np.testing.assert_array_equal(arrays[f"{name}/{key}"], rows_of_path)
        for key, column in {
            "step": np.arange(path.num_steps + 1),
            "evaluations": path.evaluations,
            "theta_1": path.params[:, 0],
            "theta_2": path.params[:, 1],
            "loss": path.losses,
            "gradient_1": np.append(path.gradients[:, 0], np.nan),
            "update_2": np.append(path.updates[:, 1], np.nan),
        }.items():
            np.testing.assert_array_equal(numbers(np.array(columns[key])[mine]), column, key)
        for key in path.internals:
            assert key in columns or f"{key}_1" in columns, key


@pytest.mark.parametrize("link", SURFACES, ids=name_of)
def test_the_numbers_of_surfaces(link, given):
    app, offers = given("surfaces", link)
    arrays, columns = loaded(offers), table(offers)
    objective = landscapes.objective(app.session_state["point-of"])
    assert list(columns) == ["x", "y", "loss"]
    x, y, loss = (numbers(columns[name]) for name in columns)
    np.testing.assert_array_equal(arrays["loss"].ravel(), loss)
    for index in (0, 1, len(loss) // 3, len(loss) - 1):
        np.testing.assert_allclose(loss[index], float(objective.loss(np.array([x[index], y[index]]))), 1e-10)
        row, column = np.argwhere((arrays["y"][:, None] == y[index]) & (arrays["x"] == x[index]))[0]
        assert arrays["loss"][row, column] == loss[index]


@pytest.mark.parametrize("link", RIDGES, ids=name_of)
def test_the_numbers_of_ridge(link, given):
    app, offers = given("ridge", link)
    arrays, columns = loaded(offers), table(offers)
    names = [f"weight_{name}" for name in DATASETS["diabetes"].feature_names]
    assert list(columns) == [
        *("strength", "w1", "w2", *names),
        *("condition_numbers", "training_error", "held_out_error"),
    ]
    np.testing.assert_array_equal(numbers(columns["strength"]), regularized.STRENGTHS)
    np.testing.assert_array_equal(numbers(columns["w2"]), arrays["minimizers"][:, 1])
    np.testing.assert_array_equal(numbers(columns[names[3]]), arrays["ten_features"][:, 3])
    data = regularized.table(app.session_state["point-of"])
    for row, column in ((0, 0), (5, 70), (80, 13)):
        weights = np.array([arrays["w1"][column], arrays["w2"][row]])
        errors = np.sum((data.targets - data.inputs @ weights) ** 2)
        np.testing.assert_allclose(arrays["loss"][row, column], errors, 1e-9)
        ratio = {"l2": 0.0, "l1": 1.0}.get(app.session_state["penalty"])
        ratio = app.session_state["l1-ratio"] if ratio is None else ratio
        penalty = ratio * np.abs(weights).sum() + (1 - ratio) * (weights**2).sum()
        penalized = errors + app.session_state["lambda"] * penalty
        np.testing.assert_allclose(arrays["penalized_loss"][row, column], penalized, 1e-9)
    start = app.session_state["x"], app.session_state["y"]
    np.testing.assert_array_equal(arrays["path"][0], start)
    np.testing.assert_array_equal(arrays["penalized_path"][0], start)


@pytest.mark.parametrize("link", PATHS, ids=name_of)
def test_the_program_of_paths_ends_where_the_page_does(link, given):
    app, offers = given("paths", link)
    said = printed(offers["script"]())
    for name, cells in zip(app.session_state["optimizers"], rows(app), strict=True):
        loss, steps = re.search(rf"^{name}: loss (\S+) after (\d+) steps at ", said, re.MULTILINE).groups()
        shown = number(float(loss)) if np.isfinite(float(loss)) else cells[3]
        assert (shown, steps) == (cells[3], cells[1])
        diverged = re.search(rf"^{name} diverged at step (\d+)$", said, re.MULTILINE)
        assert ("diverged at step" in cells[-1]) == (diverged is not None)
        assert diverged is None or cells[-1] == f"diverged at step {diverged[1]}"


@pytest.mark.parametrize("link", SURFACES, ids=name_of)
def test_the_program_of_surfaces_finds_the_same_curvature(link, given):
    app, offers = given("surfaces", link)
    grid, curvature = printed(offers["script"]()).splitlines()
    values = cached.surface(app.session_state["point-of"]).values
    low, high = re.fullmatch(r"loss (\S+) to (\S+)", grid).groups()
    assert (low, high) == (f"{values.min():.6g}", f"{values.max():.6g}")
    at = cached.curvature(app.session_state["point-of"], (app.session_state["x"], app.session_state["y"]))
    assert curvature == f"{at.kind} {at.eigenvalues} {at.condition_number}"


@pytest.mark.parametrize("link", RIDGES, ids=name_of)
def test_the_program_of_ridge_finds_the_same_minimizer(link, given):
    app, offers = given("ridge", link)
    said = printed(offers["script"]())
    exact = re.search(r"^exact: \[(.*)\]$", said, re.MULTILINE)[1].split()
    shown = rows(app)[1][1].split(", ")
    assert [number(float(f"{float(value):.5g}")) for value in exact] == shown
    descent = re.search(r"^descent: \[(.*)\] loss (\S+)$", said, re.MULTILINE)
    path = loaded(offers)["penalized_path"][-1]
    np.testing.assert_allclose([float(value) for value in descent[1].split()], path, 1e-6)


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("surfaces", {"critical": "true", "field": "true", "height": "log"}),
        ("paths", {"optimizers": "gd,adam", "steps": "30"}),
        ("paths", {"landscape": "diabetes", "height": "linear", "steps": "20", "lang": "ko"}),
    ],
    ids=name_of,
)
def test_a_program_draws_the_page_s_picture(page, link, given):
    app, offers = given(page, link)
    _said, variables, files = ran(offers["script"]())
    assert "Plotly.newPlot" in files[f"{page}.html"]
    choice, drawn = app.session_state["point-of"], variables["figure"]
    marked = {name: link.get(name) == "true" for name in ("field", "critical")}
    shown = pictures.contour(choice, app.session_state["height"], **marked)
    ways = drawn["data"][len(shown["data"]) :]
    np.testing.assert_array_equal(drawn["data"][0]["z"], shown["data"][0]["z"])
    for mine, theirs in zip(drawn["data"], shown["data"], strict=False):
        assert mine["type"] == theirs["type"]
        np.testing.assert_array_equal(mine.get("x", 0), theirs.get("x", 0))
    assert drawn["layout"]["xaxis"] == shown["layout"]["xaxis"] | {"title": drawn["layout"]["xaxis"]["title"]}
    numbers_given = loaded(offers)
    assert len(ways) == (len(app.session_state["optimizers"]) if page == "paths" else 0)
    for way in ways:
        np.testing.assert_array_equal(way["x"], numbers_given[f"{way['name']}/params"][:, 0])


def test_a_program_runs_on_its_own(given, tmp_path):
    _app, offers = given("paths", {"landscape": "booth", "optimizers": "gd", "steps": "25"})
    file = tmp_path / "paths.py"
    file.write_text(offers["script"](), encoding="utf-8")
    command = [sys.executable, str(file)]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == printed(offers["script"]())


@pytest.mark.parametrize(("page", "link"), EVERY, ids=name_of)
def test_a_program_is_tidy(page, link, given, tmp_path):
    _app, offers = given(page, link)
    file = tmp_path / "script.py"
    file.write_text(offers["script"](), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "E,F,W",
        "--line-length",
        "130",
    ]
    done = subprocess.run([*command, str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("page", "link", "language"),
    [
        ("paths", PATHS[0], "en"),
        ("paths", PATHS[1] | {"lang": "ko"}, "ko"),
        ("surfaces", SURFACES[1], "en"),
        ("ridge", RIDGES[0], "en"),
    ],
    ids=name_of,
)
def test_the_interactive_file_holds_everything(page, link, language, given):
    _app, offers = given(page, link)
    document = offers["html"]()
    assert document.startswith(f'<!doctype html>\n<html lang="{language}">')
    own = document.replace(server.plotly_js().decode(), "")
    for tag in ("src=", "href=", "import(", "fetch(", "@import", "url("):
        for found in re.finditer(re.escape(tag) + r"\s*[\"']?([^\"')\s]*)", own):
            assert not re.match(r"(https?:)?//", found[1]), found[0]
    assert set(re.findall(r"https?://([\w.-]+)", own)) <= {"www.w3.org"}
    assert len(own) < 4_000_000
    data = re.search(r"render\(document\.getElementById\('plot'\), (.*), \{\}\);", own)[1]
    payload = json.loads(data)
    assert payload["language"] == language
    assert len(payload["panels"]) >= 2
    tracks = [track["label"] for track in payload["tracks"]]
    if page == "paths":
        assert len(tracks) == len(link["optimizers"].split(","))
    for entry in (*payload["panels"], *payload["tracks"]):
        name = entry.get("figure", entry.get("arrays"))
        assert name in payload["parts"], "each part is in the file"
    arrays = [json.loads(payload["parts"][track["arrays"]])["points"] for track in payload["tracks"]]
    points = [np.frombuffer(base64.b64decode(array["bdata"])).reshape(-1, 2) for array in arrays]
    numbers_given = loaded(offers)
    for name, track in zip([track["name"] for track in payload["tracks"]], points, strict=True):
        mine = {"plain": "path", "penalized": "penalized_path"}.get(name, f"{name}/params")
        np.testing.assert_array_equal(track, numbers_given[mine][: len(track)])


def test_the_file_of_a_title_with_markup_is_still_a_file():
    document = standalone_html([], title="</title><script>alert(1)</script>")
    assert "<script>alert" not in document


def test_csv_is_read_back_exactly():
    values = np.array([0.1, 1 / 3, -0.0, 1e-300, np.nan, np.inf, -np.inf])
    text = sharing.csv({"name": ["a"] * 7, "value": values})
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == ["name", "value"]
    np.testing.assert_array_equal([float(line[1]) for line in lines[1:]], values)
