"""The pictures of a model fitted to a reader's table; none is kept where other readers' are."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from landscape import OPTIMIZERS, Dataset, Model, Objective, Path, figures
from landscape.figures import Figure, Heights
from landscape.figures.colours import PATH_COLOURS
from landscape.objectives import Params
from landscape.planes import Plane
from landscape.studio import fitted, tabled
from landscape.studio.fits import CURVE, GRID, along
from landscape.studio.fitted import Fit, Walk
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.studies.own.table_controls import View
from landscape.studio.tabled import Setup
from landscape.studio.texts import _
from landscape.surfaces import Surface

MOST_POINTS = 2000
"""Examples that are drawn: of more, so many evenly through the table."""


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is drawn.

    Args:
        setup: What the loss is made of.
        data: The table.
        risk: The loss.
        walk: The optimizer, its start and its steps.
        path: Its path; of a table that is not large, one step longer than is shown.
        fit: The least loss that is known.
        view: What is looked at.
        plane: The plane of both axes.
        surface: The loss over it.
    """

    setup: Setup
    data: Dataset
    risk: Objective
    walk: Walk
    path: Path
    fit: Fit
    view: View
    plane: Plane
    surface: Surface

    @property
    def names(self) -> list[str]:
        """The parameters' names."""
        return list(tabled.coordinates(self.risk.start))

    @property
    def shown(self) -> Path:
        """The path as far as it is shown."""
        return self.path.first(self.walk.num_steps)

    @property
    def columns(self) -> list[int]:
        """The places of both axes among the parameters."""
        return [self.names.index(axis) for axis in self.view.axes]

    @property
    def end(self) -> Params:
        """The parameters at the last step that is shown and finite."""
        rows = fitted.rows(self.shown)
        finite = np.flatnonzero(np.isfinite(rows).all(axis=1))
        return tabled.shaped(self.risk.start, rows[finite[-1]])

    @property
    def model(self) -> Model:
        """The model."""
        return tabled.model(self.setup, self.data)

    def titles(self) -> tuple[str, str, str]:
        """What stands at the axes."""
        titles = tabled.titles(tuple(self.names), self.setup, self.data)
        return (titles[self.view.axes[0]], titles[self.view.axes[1]], _("loss"))

    def says(self, params: Params, inputs: np.ndarray) -> np.ndarray:
        """What the model says of inputs."""
        return np.asarray(self.model.predict(params, inputs), float)


def heights(scene: Scene) -> Heights:
    """The heights of the surface and of the path; on the log scale above the least loss that is known."""
    values = scene.surface.values
    finite = values[np.isfinite(values)]
    floor = min([scene.fit.loss, *([float(finite.min())] if finite.size else [])])
    return figures.measure(values, scale=scene.view.scale, floor=floor if np.isfinite(floor) else None)


def track(scene: Scene, lifted: Heights) -> Track:
    """The path, projected along the axes: of two parameters it is the path itself."""
    shown, columns = scene.shown, scene.columns
    style, rows = figures.path_style(scene.walk.optimizer), fitted.rows(scene.shown)
    gradients = fitted.slopes(scene.path.gradients)
    steps = getattr(shown, "steps", None)
    readout = {}
    if len(scene.names) > 2:
        readout["θ"] = rows if rows.shape[1] <= 6 else rows[:, columns]
    readout[f"g · {_('gradient')}"] = gradients[: len(rows), columns]
    arrows = {
        "−gradient": -gradients[: len(rows) - 1, columns],
        "update": fitted.slopes(shown.updates)[:, columns],
    }
    ground = None
    with np.errstate(all="ignore"):
        if len(scene.names) > 2:
            ground = np.asarray(lifted(fitted.on_surface(scene.surface, rows[:, columns])), float)
        return Track(
            name=scene.walk.optimizer,
            label=_(OPTIMIZERS[scene.walk.optimizer].title),
            color=style.color,
            dash=style.dash,
            points=rows[:, columns],
            heights=np.asarray(lifted(shown.losses), float),
            ground=ground,
            losses=shown.losses,
            steps=steps,
            evaluations=None if steps is not None else shown.evaluations,
            arrows=arrows,
            arrow_labels={"−gradient": _("−gradient"), "update": _("update")},
            readout=readout,
            diverged_at=shown.diverged_at if steps is None else None,
            note="" if shown.diverged_at is None else _("diverged"),
        )


def panels(scene: Scene, lifted: Heights, clickable: bool) -> list[Panel]:
    """The surface from above and from the side, the fit, the residuals, and the loss at each step."""
    grid = scene.surface
    best = tabled.flat(scene.fit.params)[scene.columns]
    start = np.array(scene.walk.start)[scene.columns]
    arguments = (grid.x, grid.y, grid.values)
    words: dict[str, Any] = {"titles": scene.titles(), "heights": lifted, "no_value": _("no value")}
    side = figures.surface(*arguments, **words)
    side["layout"]["scene"]["zaxis"]["title"]["text"] = ""  # cut off in so small a picture; the bar has it
    found = [
        Panel(
            "map",
            figures.contour(*arguments, **words, show_bar=True),
            "plane",
            _("The loss over two parameters from above, with the optimizer’s path."),
            clickable,
            [
                Mark("point", best[0], best[1], symbol="star"),
                Mark("point", start[0], start[1], symbol="ring"),
            ],
        ),
        Panel(
            "scene",
            side,
            "scene",
            _("The loss over two parameters from the side, with the optimizer’s path."),
        ),
        Panel("fit", fit(scene), "plain", _("The data, and what the model says of them at the last step.")),
        Panel("curve", curve(scene, lifted), "curve", _("Loss against step.")),
    ]
    if scene.data.task == "regression":
        found.append(
            Panel("residuals", residuals(scene), "plain", _("What the model leaves over, at the last step."))
        )
    return [replace(panel, private=True) for panel in found]


def curve(scene: Scene, lifted: Heights) -> Figure:
    """The axes of the loss against the step."""
    shown, log = scene.shown, scene.view.scale == "log"
    limits = figures.loss_limits([shown.losses], log=log, floor=lifted.floor)
    last = float(scene.walk.num_steps)
    return figures.loss_curve(
        (_("step"), _("loss")), log=log, clock_range=(0.0, last), loss_range=limits, floor=lifted.floor
    )


def some(count: int) -> np.ndarray:
    """The examples that are drawn."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).astype(int))


def fit(scene: Scene) -> Figure:
    """The data with the model at the last step; dashed, the best fit."""
    data, end = scene.data, scene.end
    if data.task == "classification":
        return _classification(scene)
    chosen = some(data.num_examples)
    targets = data.targets[chosen]
    if data.num_features > 1:
        said = scene.says(end, data.inputs[chosen])
        return figures.predicted_against_target(said, targets, (data.target_name, _("prediction")))
    across = along(data.inputs[:, 0], CURVE)
    titles = (data.feature_names[0], data.target_name)
    figure = figures.regression_fit(
        data.inputs[chosen, 0], targets, across, scene.says(end, across[:, None]), titles
    )
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": across,
            "y": scene.says(scene.fit.params, across[:, None]),
            "line": {"color": PATH_COLOURS["newton"], "width": 2, "dash": "dash"},
            "hoverinfo": "skip",
        }
    )
    return figure


def residuals(scene: Scene) -> Figure:
    """Measured minus predicted at the last step, against the feature or the prediction."""
    data = scene.data
    chosen = some(data.num_examples)
    said = scene.says(scene.end, data.inputs[chosen])
    single = data.num_features == 1
    across = data.inputs[chosen, 0] if single else said
    across = np.where(np.isfinite(across), across, np.nan)
    titles = (data.feature_names[0] if single else _("prediction"), _("residual"))
    return figures.residual_plot(across, data.targets[chosen] - said, titles)


def _classification(scene: Scene) -> Figure:
    data, end = scene.data, scene.end
    names, chosen = list(data.class_names), some(data.num_examples)
    inputs, labels = data.inputs[chosen], data.targets[chosen]

    def chances(places: np.ndarray) -> np.ndarray:
        return scene.says(end, places)

    if len(names) > 8:
        # More classes have no colours: the first against the others.
        labels, names = (labels == 0).astype(int), [_("others"), names[0]]

        def chances(places: np.ndarray) -> np.ndarray:
            return scene.says(end, places)[:, 0]

    title = _("probability of {name}").format(name=names[1]) if len(names) == 2 else _("probability")
    if data.num_features == 2:
        x, y = (along(data.inputs[:, column], GRID) for column in (0, 1))
        places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        found = chances(places)
        if found.ndim == 2 and len(names) == 2:
            found = found[:, 1]
        shape = (GRID, GRID) if found.ndim == 1 else (GRID, GRID, found.shape[1])
        return figures.classification_fit(
            inputs,
            labels,
            names,
            x,
            y,
            found.reshape(shape),
            (data.feature_names[0], data.feature_names[1], title),
        )

    def second(places: np.ndarray) -> np.ndarray:
        found = chances(places)
        return found[:, 1] if found.ndim == 2 else found

    words, mine = (names[0], names[1]), (labels == 1).astype(int)
    if len(names) > 2:
        words, title = (_("others"), names[1]), _("probability of {name}").format(name=names[1])
    if data.num_features == 1:
        across = along(data.inputs[:, 0], CURVE)
        return figures.classification_curve(
            inputs[:, 0], mine, across, second(across[:, None]), (data.feature_names[0], title), words
        )
    clipped = np.clip(second(inputs), 1e-15, 1 - 1e-15)
    outputs = np.log(clipped / (1 - clipped))
    across = along(outputs, CURVE)
    return figures.classification_curve(
        outputs, mine, across, 1 / (1 + np.exp(-across)), (_("log-odds"), title), words
    )
