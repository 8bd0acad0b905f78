"""The house rules: what stands where, how long it is, and that all of it is described."""

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import landscape
from landscape.registries import Registry

ROOT = Path(__file__).resolve().parents[1]
ROOMS = sorted(
    path.stem
    for path in (ROOT / "landscape").iterdir()
    if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))
    if path.stem != "__init__"
)
PAGES = sorted(path.stem for path in (ROOT / "landscape/studio/views").glob("*.py") if path.stem[0] != "_")
TOP_LEVEL = {
    *("app.py", "requirements.txt", "README.md", "pyproject.toml", "LICENSE", ".gitignore"),
    *("assets", "landscape", "tests", ".ci", ".streamlit"),
}
PUBLIC = {
    *("DATASETS", "FUNCTIONS", "LOSSES", "MODELS", "OPTIMIZERS", "Objective", "Plane"),
    *("descend", "empirical_risk", "evaluate", "project", "curvature", "l1", "l2", "elastic_net"),
    *("sweep", "basins", "trainability", "SCHEDULES", "scheduled", "loss_landscape"),
}
REGISTRIES = ("DATASETS", "FUNCTIONS", "LOSSES", "MODELS", "OPTIMIZERS", "SCHEDULES")


def sources(*patterns):
    return [path for pattern in patterns for path in sorted(ROOT.glob(pattern)) if ".venv" not in path.parts]


def name_of(path):
    return str(path.relative_to(ROOT))


def ignored():
    return {line.strip("/") for line in (ROOT / ".gitignore").read_text().split() if line.endswith("/")}


def entries():
    for kind in REGISTRIES:
        registry = getattr(landscape, kind, {})
        for name in registry:
            yield pytest.param(registry, name, id=f"{kind.lower()}-{name}")


def test_nothing_else_stands_at_the_top_level():
    assert {path.name for path in ROOT.iterdir()} - ignored() - {".git"} == TOP_LEVEL


@pytest.mark.parametrize(
    "path", sources("landscape/**/*.py", "assets/**/*.js", "assets/**/*.css", "tests/**/*.py"), ids=name_of
)
def test_a_file_is_one_idea(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    assert path.stem not in {"utils", "helpers", "common", "misc"}


def test_the_entry_and_the_front_door_are_short():
    assert len((ROOT / "app.py").read_text().splitlines()) <= 40
    assert len((ROOT / "landscape/__init__.py").read_text().splitlines()) <= 80


def test_the_front_door_offers_the_public_names():
    assert set(landscape.__all__) >= PUBLIC
    assert sorted(landscape.__all__) == sorted(set(landscape.__all__))


@pytest.mark.parametrize("name", sorted(PUBLIC | set(getattr(landscape, "__all__", ()))))
def test_a_public_name_is_documented(name):
    thing = getattr(landscape, name)
    if isinstance(thing, Registry):
        return
    if inspect.ismodule(thing):
        assert thing.__doc__
        return
    text = inspect.getdoc(thing) or ""
    assert text.split("\n")[0].endswith("."), "the first line is a sentence"
    if inspect.isfunction(thing):
        for section in ("Args:", "Returns:", "Example:"):
            assert section in text or (section == "Args:" and not inspect.signature(thing).parameters)
        for parameter in inspect.signature(thing).parameters:
            assert re.search(rf"\b{parameter}\b", text), f"{parameter} is not described"
        assert ">>> " in text


def test_importing_the_library_imports_no_screen():
    heavy = ("streamlit", "plotly", "sklearn", "pandas")
    code = f"import sys, landscape; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", REGISTRIES)
def test_names_are_text_of_links(kind):
    for name in getattr(landscape, kind):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)


@pytest.mark.parametrize(("registry", "name"), list(entries()))
def test_an_entry_is_documented(registry, name):
    entry = registry[name]
    assert entry.name == name
    assert entry.title
    assert entry.title[0].isupper() or not entry.title[0].isalpha()
    for field in ("formula", "reference", "description", "use"):
        if hasattr(entry, field) and not (registry is landscape.MODELS and field == "description"):
            assert getattr(entry, field).strip(), f"{name} has no {field}"
    for parameter in getattr(entry, "hyperparameters", ()):
        assert parameter.title
        assert parameter.low <= parameter.default <= parameter.high


def test_every_room_has_a_contract():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    protected = {
        module for contract in settings["contracts"] for module in contract.get("protected_modules", ())
    }
    assert {f"landscape.{room}" for room in ROOMS} <= protected


def test_the_readme_names_every_room_and_every_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [room for room in ROOMS if not re.search(rf"`{room}(\.py|/)`", readme)]
    assert len(PAGES) >= 4
    assert not [page for page in PAGES if page not in readme.lower()]


@pytest.mark.parametrize("kind", REGISTRIES)
def test_the_readme_names_every_entry(kind):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in getattr(landscape, kind) if f"`{name}`" not in readme]


def test_the_readmes_example_of_a_network_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = (
        block for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "train(" in block
    )
    names = {}
    exec(example, names)
    assert names["run"].final_loss < 0.5 * names["run"].losses[0]
    assert names["surface"].values.shape == (51, 51)
    assert names["trust"].num_nonfinite == 0


def test_the_readmes_example_of_a_formula_and_a_table_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = (
        block for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "model_formula(" in block
    )
    names = {}
    exec(example, names)
    found, errors = names["found"], names["fit_statistics"](names["risk"], names["found"]).standard_errors
    certified = {"b1": (2.3894212918e02, 2.7070075241), "b2": (5.5015643181e-04, 7.2668688436e-06)}
    for name, (value, error) in certified.items():
        assert float(found[name]) == pytest.approx(value, rel=1e-6)
        assert float(errors[name]) == pytest.approx(error, rel=1e-6)


def test_the_readme_holds_its_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert (
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/streamlit run app.py"
        in readme
    )
    assert "bash tests/run" in readme
    assert (ROOT / ".ci/run").read_text().strip().endswith("bash tests/run")


def test_what_the_browser_gets_asks_no_other_host():
    for path in sources("assets/**/*.js", "assets/**/*.css", ".streamlit/config.toml"):
        hosts = set(re.findall(r"https?://([\w.-]+)", path.read_text(encoding="utf-8")))
        assert hosts <= {"www.w3.org"}, f"{name_of(path)} names {hosts}"  # the name space of SVG


def test_the_requirements_name_no_registry():
    for path in sources("**/requirements.txt"):
        assert not re.search(r"://|--(extra-)?index", path.read_text()), name_of(path)
