"""Embeddings: points that are pulled and pushed, all at once, and the landscape of one of them."""

from typing import Any

import numpy as np
import streamlit as st

from landscape import LOSSES, OPTIMIZERS, Path, figures
from landscape.figures import Figure
from landscape.figures.colours import NO_VALUE, SKY_BLUE, VERMILLION
from landscape.figures.embeddings import POINT_COLOURS, POINT_SYMBOLS, embedding_ground, with_counts
from landscape.figures.heights import number
from landscape.studio import choosing, controls, embedded, exports, links, scripts, sharing
from landscape.studio.cached import Numbers
from landscape.studio.choosing.numbers import number as optimizer_number
from landscape.studio.choosing.places import readable
from landscape.studio.embedded import Scene, Shown
from landscape.studio.panels import Mark, Panel, Track
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.studies.losses import moved
from landscape.studio.studies.losses.embedding_words import active_names, table, words_of
from landscape.studio.texts import N_, _, language
from landscape.tasks.embeddings import (
    DIRECTION,
    LABELS,
    MADE_OF,
    STRAY,
    Layout,
    right_neighbours,
)

OFFERED = {"gd": 1.0, "momentum": 0.1, "adam": 0.05}
"""Optimizers, each with a learning rate to begin with."""

RATES = (1e-3, 50.0)
"""Ends of the control of a learning rate: far too small to far too large."""

STEPS = [1, 2, 3, 5, 10, 20, 30, 50, 70, 100, 150, 200, 300, embedded.MAX_STEPS]
LAYOUTS: dict[Layout, str] = {"scattered": N_("Mixed"), "sorted": N_("Sorted"), "together": N_("Pile")}
OTHERS = {"start": N_("at first"), "end": N_("at last")}
NEAR = 0.03
"""How near to a point a click must be to choose it, in parts of the picture's side."""

FARTHEST = 10 * embedded.NARROW
"""What may be typed as a coordinate."""

PLACE = ("place-x~", "place-y~")
"""The fields of the chosen point's place; what they say stands in the link with all other moved points."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        near = _near(click, path, half) if click.panel == "points" else None
        if near is not None:
            st.session_state["point-embeddings"] = near + 1
        else:
            x, y = (readable(value, -half, half) for value in (click.x, click.y))
            moved.put(scene.moved, shown.chosen, x, y)

    with st.sidebar:
        shown, others, keys = _controls()
    links.show_notes(st)

    scene, path = shown.scene, shown.path
    half = embedded.reach(path)
    track = _track(shown)
    panels = [
        Panel(
            "points",
            _ground(scene.loss, half, language()),
            "plane",
            _("The points and their ways. Click a point to choose it, or a free place to put it there."),
            True,
            _scale_marks(scene, half),
        ),
        Panel(
            "landscape",
            _landscape(shown, others, half, language()),
            "chart",
            _("The loss over the place of the chosen point, the others held fixed. Click to put it there."),
            True,
            _standing(path, others, shown.chosen),
            title=_("Loss over the place of point {number}, the others as {when}").format(
                number=shown.chosen + 1, when=_(OTHERS[others])
            ),
        ),
        Panel(
            "curve",
            _curve(shown),
            "curve",
            _("Loss against step, and above it how many pairs or triplets still cost anything."),
        ),
    ]
    words = {"point": _("place of point {number}").format(number=shown.chosen + 1)}
    plot(
        "embeddings", panels, [track], on_click=clicked, columns=(1.25, 1), lead=True, height=500, words=words
    )
    st.markdown(words_of(shown))
    st.markdown(table(shown))
    sharing.bar("losses", **_offers(shown, others, half, panels, track))
    return keys


def _controls() -> tuple[Shown, str, list[str]]:
    """Draw the controls; what they show, where the others are held, and the keys."""
    titles = {name: _(LOSSES[name].title) for name in MADE_OF}
    loss = controls.choice(_("Loss"), "loss-embeddings", list(MADE_OF), "contrastive", titles=titles)
    numbers, keys = choosing.loss_numbers(loss)
    optimizer, chosen_numbers, more = _optimizer(loss)
    keys += more
    num_steps = controls.count(_("Steps"), "steps", 100, 1, embedded.MAX_STEPS, options=STEPS)
    layout = controls.segments(
        _("Start"), "start-embeddings", {name: _(title) for name, title in LAYOUTS.items()}, "scattered"
    )
    left, right = st.columns(2)
    with left:
        seed = controls.whole(_("Seed"), "seed-embeddings", 0, 0, 9999)
    with right:
        chosen = controls.whole(_("Point"), "point-embeddings", STRAY + 1, 1, len(LABELS)) - 1
    elsewhere = moved.read(len(LABELS), FARTHEST)
    scene = Scene(loss, numbers, layout, seed, elsewhere)
    _place(scene, chosen)
    others = controls.segments(
        _("In the landscape the others stand"),
        "others-embeddings",
        {name: _(title) for name, title in OTHERS.items()},
        "start",
    )
    if scene.moved:
        st.button(_("Put all points back"), on_click=moved.put_back)
    own = ["loss", "start", "seed", "point", "others"]
    shown = Shown(scene, optimizer, chosen_numbers, num_steps, chosen)
    return shown, others, [*keys, "steps", moved.KEY, *(f"{name}-embeddings" for name in own)]


def _optimizer(loss: str) -> tuple[str, Numbers, list[str]]:
    """Choose who walks; a learning rate that another landscape has left behind gives way."""
    titles = {name: _(OPTIMIZERS[name].title) for name in OFFERED}
    name = controls.choice(_("Optimizer"), "optimizer", list(OFFERED), "gd", titles=titles)
    rate = choosing.rate_of(name)
    assert rate is not None
    key, first = choosing.key_of(name, rate), OFFERED[name]
    choosing.renew(f"rate-of-{key}", ("embeddings", loss), {key: first})
    numbers = {
        rate.name: controls.log_number(f"{titles[name]} · η", key, first, RATES, choosing.limits(rate))
    }
    rest = [each for each in OPTIMIZERS[name].hyperparameters if each.name != rate.name]
    if rest:
        more = st.expander(_("More settings"), key="more-settings", on_change="rerun")
        with more:
            for each in rest:
                numbers[each.name] = optimizer_number(
                    OPTIMIZERS[name].title, choosing.key_of(name, each), each, drawn=bool(more.open)
                )
    keys = [choosing.key_of(name, each) for each in OPTIMIZERS[name].hyperparameters]
    return name, tuple(numbers.items()), ["optimizer", *keys]


def _place(scene: Scene, chosen: int) -> None:
    """Where the chosen point starts, to be typed."""

    def typed() -> None:
        moved.put(scene.moved, chosen, *(float(st.session_state[key]) for key in PLACE))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for key, title, value in zip(PLACE, ("x₁", "x₂"), scene.start()[chosen], strict=True):
            st.session_state[key] = float(f"{value:.4g}")
            label = _("Start {axis}").format(axis=title)
            st.number_input(
                label, -FARTHEST, FARTHEST, step=0.1, format="%g", key=key, on_change=typed, required=True,
                width=controls.HALF,
            )  # fmt: skip


def _near(click: Click, path: Path, half: float) -> int | None:
    """The point that starts or ends where the reader has clicked, if one does."""
    places = np.stack([path.params[0], path.params[-1]])
    with np.errstate(all="ignore"):
        distances = np.hypot(places[..., 0] - click.x, places[..., 1] - click.y)
    distances = np.where(np.isfinite(distances), distances, np.inf).min(axis=0)
    nearest = int(distances.argmin())
    return nearest if distances[nearest] <= NEAR * 2 * half else None


def _track(shown: Shown) -> Track:
    """The chosen point's path, with all points moving along."""
    path, ahead = shown.path, shown.whole.first(shown.num_steps + 1)
    style = figures.path_style(shown.optimizer)
    counts = shown.active
    readout = {name: counts[:, column].astype(float) for column, name in enumerate(active_names(shown))}
    own = {"gradient": ahead.gradients[:, shown.chosen], "update": ahead.updates[:, shown.chosen]}
    return Track(
        name=shown.optimizer,
        label=_(OPTIMIZERS[shown.optimizer].title),
        color=style.color,
        dash=style.dash,
        points=np.asarray(path.params[:, shown.chosen], float),
        losses=path.losses,
        arrows={"−gradient": -path.gradients[:, shown.chosen], "update": path.updates[:, shown.chosen]},
        arrow_labels={"−gradient": _("−gradient"), "update": _("update")},
        readout={
            **readout,
            _("right neighbours"): right_neighbours(path.params).astype(float),
            f"g · {_('gradient')}": own["gradient"],
            f"Δθ · {_('update')}": own["update"],
        },
        diverged_at=path.diverged_at,
        note="" if path.diverged_at is None else _("diverged at step {step}").format(step=path.diverged_at),
        swarm=path.params,
        swarm_colors=[POINT_COLOURS[label] for label in LABELS],
        swarm_symbols=[POINT_SYMBOLS[label] for label in LABELS],
    )


@shared(maxsize=32)
def _ground(loss: str, half: float, code: str) -> Figure:
    word = _("rank {number}") if loss == "pairwise-ranking" else _("class {number}")
    return embedding_ground([word.format(number=label + 1) for label in range(3)], half, ("x₁", "x₂"))


def _scale_marks(scene: Scene, half: float) -> list[Mark]:
    """How long the margin is, and for a ranking along which direction points are scored."""
    margin = dict(scene.numbers)["margin"]
    left, low = -0.94 * half, -0.94 * half
    label = _("margin {value}").format(value=number(margin))
    if scene.loss != "pairwise-ranking":
        return [Mark("segment", [left, left + margin], [low, low], NO_VALUE, label=label)]
    ends = np.array([[left, low], [left, low] + margin * DIRECTION])
    way = np.array([-0.55 * half * DIRECTION, 0.55 * half * DIRECTION]) + [0.35 * half, -0.6 * half]
    return [
        Mark("segment", ends[:, 0], ends[:, 1], NO_VALUE, label=label),
        Mark("arrow", way[:, 0], way[:, 1], NO_VALUE, label=_("score")),
    ]


def _held(path: Path, others: str) -> np.ndarray:
    """Where the points are held for the landscape of one, (15, 2)."""
    return np.asarray(path.params[0 if others == "start" else -1], float)


def _landscape(shown: Shown, others: str, half: float, code: str) -> Figure:
    places = tuple(_held(shown.path, others).ravel().tolist())
    return _contour(shown.scene, places, shown.chosen, half, code)


@shared(maxsize=64)
def _contour(scene: Scene, places: tuple[float, ...], chosen: int, half: float, code: str) -> Figure:
    found = embedded.surface(scene, places, chosen, half)
    return figures.contour(
        found.x, found.y, found.values, titles=("x₁", "x₂", _("loss")), equal=True,
        # The pull is a bowl so steep that the small hills of the push are seen on a logarithmic scale alone.
        scale="log" if scene.loss == "contrastive" else "linear", no_value=_("no value"),
        show_bar=False,
    )  # fmt: skip


def _standing(path: Path, others: str, chosen: int) -> list[Mark]:
    """The points where they are held; the chosen one has a ring."""
    places = _held(path, others)
    return [
        *(
            Mark("point", x, y, POINT_COLOURS[label], POINT_SYMBOLS[label])
            for label, (x, y) in zip(LABELS, places, strict=True)
        ),
        Mark("point", places[chosen, 0], places[chosen, 1], symbol="ring"),
    ]


def _curve(shown: Shown) -> Figure:
    path = shown.path
    low, high = figures.loss_limits([path.losses], log=False)
    below = figures.loss_curve(
        (_("step"), _("loss")), log=False, clock_range=(0.0, float(shown.num_steps)), loss_range=(low, high)
    )
    colours = (SKY_BLUE, VERMILLION)
    counts = [
        (name, shown.active[:, column], colours[column]) for column, name in enumerate(active_names(shown))
    ]
    return with_counts(below, counts, titles=(_("step"), _("active")))


def _offers(shown: Shown, others: str, half: float, panels: list[Panel], track: Track) -> exports.Offers:
    """What the study gives away: every place at every step, the landscape, and the program."""

    def arrays() -> dict[str, Any]:
        path = shown.path
        grid = embedded.surface(shown.scene, tuple(_held(path, others).ravel().tolist()), shown.chosen, half)
        return {
            "points": path.params,
            "labels": LABELS,
            "losses": path.losses,
            "active": shown.active,
            "x": grid.x,
            "y": grid.y,
            "landscape": grid.values,
        }

    def columns() -> dict[str, Any]:
        path = shown.path
        found: dict[str, Any] = {"step": np.arange(path.num_steps + 1), "loss": path.losses}
        found |= {f"active_{column + 1}": rows for column, rows in enumerate(shown.active.T)}
        for index in range(len(LABELS)):
            found |= {f"point_{index + 1}_{axis + 1}": path.params[:, index, axis] for axis in (0, 1)}
        return found

    return exports.offers(
        panels,
        [track],
        f"{_('Losses')} · {_('Embeddings')}",
        arrays=arrays,
        columns=columns,
        script=lambda: _program(shown),
    )


def _program(shown: Shown) -> str:
    """The script that moves the same points."""
    scene = shown.scene
    inside = ", ".join(f"{name}={value!r}" for name, value in scene.numbers)
    chosen = ", ".join(f"{name}={value!r}" for name, value in shown.numbers)
    lines = [
        "from landscape.tasks.embeddings import Embedding, embedded_points, right_neighbours",
        f"embedding = Embedding(LOSSES[{scene.loss!r}].replace({inside}))",
        f"points = embedded_points({scene.layout!r}, seed={scene.seed})",
        *(f"points[{index}] = {x!r}, {y!r}" for index, x, y in scene.moved),
        f"optimizer = OPTIMIZERS[{shown.optimizer!r}].build({chosen})",
        f"path = landscape.descend(embedding.objective(points), optimizer, num_steps={shown.num_steps})",
        "active = (embedding.terms(path.params[-1]) > 0).sum()",
        'print(f"loss {path.final_loss:.6g} after {path.num_steps} steps, {active} active terms")',
        "right = right_neighbours(path.params[-1])",
        'print(f"{right} of {len(embedding.labels)} points have a right neighbour")',
    ]
    return scripts.script(["LOSSES", "OPTIMIZERS"], lines)
