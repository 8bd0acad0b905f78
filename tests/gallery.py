"""Draw the pictures of the gallery anew: `python tests/gallery.py [names]`.

Each preset's landscape and paths are computed from the state of its link and drawn to assets/gallery.
"""

import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from streamlit.testing.v1 import AppTest  # noqa: E402

from landscape import OPTIMIZERS, figures  # noqa: E402
from landscape.studio import cached, formulated, landscapes, regularized, sliced, suggestions, trained  # noqa: E402
from landscape.studio.formulated import FormulaChoice  # noqa: E402
from landscape.studio.jobs import Wanted, await_all  # noqa: E402
from landscape.studio.landscapes import Choice, DataChoice, FunctionChoice  # noqa: E402
from landscape.studio.panels import Panel  # noqa: E402
from landscape.studio.presets import PRESETS, Preset  # noqa: E402
from landscape.studio.regularized import Data, Penalized  # noqa: E402
from landscape.studio.sliced import Cut  # noqa: E402
from landscape.studio.studies import losses, own, rates  # noqa: E402
from landscape.studio.texts import ASSETS  # noqa: E402
from landscape.studio.trained import Recipe  # noqa: E402

STEPS = 200
WIDTH, HEIGHT = 320, 200
MAIN = {
    "rates": {
        "one-rate": "sweep",
        "two-numbers": "map",
        "edge": "sharpness",
        "border": "border",
        "basins": "left",
    },
    "losses": {
        "curves": "losses",
        "vanishing": "depths",
        "outliers": "data",
        "imbalance": "data",
        "distributions": "distance",
    },
    "own": {"table": "fit"},
}
"""The panel of each study that is its picture."""

STUDY = {
    "rates": ("study", "one-rate", rates),
    "losses": ("topic", "curves", losses),
    "own": ("part", "formula", own),
}
"""How a page's link names its study, the first of them, and all of them."""


def choice(params: dict[str, str]) -> Choice:
    """The landscape of a link."""
    if "formula" in params:
        left, right, bottom, top = (float(params[key]) for key in formulated.EDGES)
        numbers = [
            (key.removeprefix("const-"), float(value)) for key, value in params.items() if "const-" in key
        ]
        return FormulaChoice(params["formula"], ("x", "y"), tuple(numbers), ((left, right), (bottom, top)))
    name = params["landscape"]
    if name in landscapes.FUNCTIONS:
        return FunctionChoice(name)
    model = params["model"]
    features = landscapes.first_features(name, model)
    first, second, *_ = landscapes.coordinates(name, features, model)
    return DataChoice(name, features, model, params["loss"], (first, second))


def paths(params: dict[str, str], landscape: Choice) -> list[tuple]:
    """The paths of a link in their colours."""
    x, y = (float(value) for value in landscapes.objective(landscape).start)
    start = float(params.get("x", x)), float(params.get("y", y))
    found = []
    # The part Formula always walks.
    first = "gd" if "formula" in params else ""
    for name in filter(None, params.get("optimizers", first).split(",")):
        numbers = {number.name: number.default for number in OPTIMIZERS[name].hyperparameters}
        if "learning_rate" in numbers:
            suggested = suggestions.learning_rate(name, landscape)
            numbers["learning_rate"] = float(params.get(f"lr-{name}", suggested))
        steps = int(params.get("steps", STEPS))
        path = cached.path(landscape, name, tuple(numbers.items()), start, steps)
        found.append((path.params, figures.PATH_COLOURS[name]))
    return found


def picture(preset: Preset) -> str:
    """The SVG of a preset."""
    if preset.page == "ridge":
        return ridge_picture(preset.params)
    if preset.page == "networks":
        return network_picture()
    if preset.page in STUDY and "formula" not in preset.params:
        return figures.thumbnail(study_figure(preset.page, preset.params), WIDTH, HEIGHT)
    landscape = choice(preset.params)
    grid = cached.surface(landscape)
    scale = preset.params.get("height", "log" if preset.page == "paths" else "linear")
    floor = landscapes.objective(landscape).minimum
    return figures.sketch(
        grid.x, grid.y, grid.values, paths(preset.params, landscape), WIDTH, HEIGHT, scale=scale, floor=floor
    )


def ridge_picture(params: dict[str, str]) -> str:
    """The penalized loss, with the ball of the penalty and the minimizer's way."""
    data = Data(params["data"], float(params.get("rho", 0.0)))
    penalized = Penalized(data, float(params["lambda"]), regularized.RATIOS[params.get("penalty", "l2")])
    grid = regularized.surface(Penalized(data, 0.0, 0.0))
    ball = figures.penalty_outline(regularized.minimizer(penalized), penalized.l1_ratio)
    lines = [
        (list(zip(*ball, strict=True)), "#ffffff"),
        (regularized.way(data, penalized.l1_ratio), figures.PATH_COLOURS["gd"]),
    ]
    return figures.sketch(grid.x, grid.y, grid.values, lines, WIDTH, HEIGHT)


def network_picture() -> str:
    """The plane of the first training of the page Networks, with its path."""
    recipe = Recipe()
    cut = Cut(recipe)
    for wanted in (Wanted(trained.training, (recipe,)), Wanted(sliced.surface, (cut, 49, "loss"))):
        await_all([wanted], lambda share: None)
    grid = sliced.surface.kept(cut, 49, "loss")
    path = (sliced.projection(cut).coordinates, figures.PATH_COLOURS[recipe.optimizer])
    return figures.sketch(grid.x, grid.y, grid.values, [path], WIDTH, HEIGHT, scale="log", floor=0.0)


def study_figure(page: str, params: dict[str, str]) -> figures.Figure:
    """The main picture of a study, as the page draws it."""
    drawn: list[figures.Figure] = []
    key, first, studies = STUDY[page]
    name = params.get(key, first)

    def keep(_key: str, panels: list[Panel], *_more: object, **_settings: object) -> None:
        drawn.extend(panel.figure for panel in panels if panel.id == MAIN[page][name])

    study = studies.STUDIES[name][1].__module__
    original = sys.modules[study].plot
    sys.modules[study].plot = keep
    try:
        app = AppTest.from_file(str(ROOT / "landscape/studio/main.py"), default_timeout=300)
        app.switch_page(f"views/{page}.py")
        app.query_params.update(params)
        app.run().run()  # the second time as fine as it becomes
    finally:
        sys.modules[study].plot = original
    return drawn[-1]


def main() -> None:
    """Draw every preset."""
    folder = ASSETS / "gallery"
    folder.mkdir(exist_ok=True)
    wanted = sys.argv[1:] or [preset.name for preset in PRESETS]
    for old in folder.glob("*.svg"):
        if old.stem in wanted or old.stem not in [preset.name for preset in PRESETS]:
            old.unlink()
    for preset in PRESETS:
        if preset.name not in wanted:
            continue
        svg = unquote(picture(preset).removeprefix("data:image/svg+xml,"))
        (folder / f"{preset.name}.svg").write_text(svg, encoding="utf-8")
        print(f"{preset.name}: {len(svg) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
