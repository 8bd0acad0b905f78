"""Two distributions: one is moved and stretched until it is the other, by what KL, JS and Wasserstein say."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from landscape import LOSSES, OPTIMIZERS, Objective, Path, descend, figures
from landscape.figures import Figure, Heights, PathStyle
from landscape.figures.heights import number
from landscape.studio import cached, choosing, controls, exports, links, scripts, sharing
from landscape.studio.cached import Point
from landscape.studio.choosing.places import readable
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.studies.losses import descents
from landscape.studio.studies.losses.descents import View
from landscape.studio.texts import N_, _, language
from landscape.tasks.gaussians import DOMAIN, START, moved
from landscape.tasks.location_scale import SHAPES, density_of
from landscape.tasks.slopes import slopes

MEASURES: dict[str, tuple[str, bool]] = {
    "kl": ("kl-divergence", False),
    "kl-reverse": ("kl-divergence", True),
    "js": ("js-divergence", False),
    "wasserstein": ("wasserstein", False),
}
"""Measure → the loss, and whether Q comes first."""

SYMBOLS = {"kl": "KL(P‖Q)", "kl-reverse": "KL(Q‖P)", "js": "JS(P, Q)", "wasserstein": "W₁(P, Q)"}
DIRECTIONS = {"forward": "kl", "reverse": "kl-reverse"}

WORDS = {
    "gaussian": N_(
        "Gaussians overlap everywhere, if only a little: KL never goes flat, it grows with the **square** of"
        " the distance, like $m^2/2$ at $s = 1$. JS goes flat below $\\log 2$. Far away $W_1$ still has"
        " slope 1."
    ),
    "laplace": N_(
        "With heavier tails KL grows no faster than the distance, like {growth}. JS goes flat below"
        " $\\log 2$. Far away $W_1$ still has slope 1."
    ),
    "uniform": N_(
        "Where the first distribution is not inside the second, KL is **infinite**; once they do not overlap,"
        " JS is exactly $\\log 2$ and its gradient exactly 0. Far away $W_1$ still has slope 1."
    ),
}
"""What is true of each shape."""

GROWTH = {"kl": "$|m|/s$", "kl-reverse": "$|m|$"}
"""How KL of two Laplace distributions grows."""

FIRST_RATE, FIRST_STEPS = 0.1, 300
RESOLUTION = 65
AXES = (np.linspace(*DOMAIN[0], RESOLUTION), np.linspace(*DOMAIN[1], RESOLUTION))
MEANS = np.linspace(*DOMAIN[0], 161)
WIDE = np.linspace(-11.0, 11.0, 661)
ARRIVED = 0.1
"""So near to P, in (m, s), a descent has arrived."""

ROUNDING = 1e-12
"""A part of a gradient this small beside the whole is what rounding leaves of 0."""

STEEPEST = 1.6
"""Where the picture of the slopes ends."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        if click.panel in MEASURES:
            choosing.place(click, _objective(shape, click.panel))
        else:
            st.session_state["x"] = readable(click.x, *DOMAIN[0])

    with st.sidebar:
        titles = {name: _(each.title) for name, each in SHAPES.items()}
        shape = controls.choice(_("Shape"), "shape-distributions", list(SHAPES), titles=titles)
        names = {way: SYMBOLS[measure] for way, measure in DIRECTIONS.items()}
        direction = controls.segments(_("Direction of KL"), "kl-distributions", names, "forward")
        view = controls.segments(_("View"), "view-distributions", descents.views(), "above")
        start, keys = choosing.point_in(
            _objective(shape, "js"), ("distributions", START), (_("mean m"), _("scale s"))
        )
        rate = controls.log_number(
            _("Learning rate η"),
            "rate-distributions",
            FIRST_RATE,
            (0.001, 10.0),
            (0.0, 1e6),
            help=_("Of gradient descent, the same on all three landscapes."),
        )
        num_steps = controls.count(
            _("Steps"), "steps-distributions", FIRST_STEPS, 1, cached.MAX_STEPS, options=descents.STEPS
        )
    links.show_notes(st)

    shown = [DIRECTIONS[direction], "js", "wasserstein"]
    *walks, _found = descents.together(
        [
            *(partial(_walk, shape, measure, rate, start, num_steps + 1) for measure in shown),
            partial(_slopes, shape, start),
        ]
    )
    paths = [walk.first(num_steps) for walk in walks]
    tracks = [
        descents.track(measure, SYMBOLS[measure], _style(measure), walk, num_steps, _heights(shape, measure))
        for measure, walk in zip(shown, walks, strict=True)
    ]
    panels = [*_charts(shape, start, shown, paths), *_maps(shape, shown, view, start)]
    plot(
        "two-distributions", panels, tracks, on_click=clicked, columns=(1, 1, 1), height=250,
        words={"point": "(m, s)"},
    )  # fmt: skip
    st.markdown(_words(shape, start, shown[0]))
    st.markdown(_table(shape, shown, start, paths))
    title = f"{_('Two distributions')} · {titles[shape]}"
    offers = exports.offers(
        panels,
        tracks,
        title,
        arrays=lambda: _arrays(shape, shown, start, paths),
        columns=lambda: _columns(shape, start),
        script=lambda: _script(shape, shown, start, rate, num_steps),
        lead=False,
    )
    sharing.bar("losses", **offers)
    own = ("shape", "kl", "view", "rate", "steps")
    return [*(f"{each}-distributions" for each in own), *keys]


@shared(maxsize=len(SHAPES) * len(MEASURES))
def _objective(shape: str, measure: str) -> Objective:
    name, reverse = MEASURES[measure]
    return moved(LOSSES[name], shape, reverse)


@shared(maxsize=len(SHAPES))
def _grids(shape: str) -> dict[str, np.ndarray]:
    """Every measure over the window, (RESOLUTION, RESOLUTION): by the program that the curves have, too."""
    points = np.stack(np.meshgrid(*AXES), axis=-1).reshape(-1, 2)
    losses, _gradients = slopes([_objective(shape, measure) for measure in MEASURES], points)
    return dict(zip(MEASURES, losses.reshape(-1, RESOLUTION, RESOLUTION), strict=True))


@shared(maxsize=128)
def _walk(shape: str, measure: str, rate: float, start: Point, num_steps: int) -> Path:
    optimizer = OPTIMIZERS["gd"].build(learning_rate=rate)
    return descend(_objective(shape, measure), optimizer, start, num_steps, capacity=cached.CAPACITY)


@shared(maxsize=128)
def _slopes(shape: str, start: Point) -> tuple[np.ndarray, np.ndarray]:
    """The measures and their gradients along the means at this scale, and last at the present point."""
    points = np.array([*((mean, start[1]) for mean in MEANS), start])
    return slopes([_objective(shape, measure) for measure in MEASURES], points)


def _style(measure: str) -> PathStyle:
    name, reverse = MEASURES[measure]
    style = figures.loss_style(name)
    return PathStyle(style.color, "dash" if reverse else style.dash, style.symbol)


def _charts(shape: str, start: Point, shown: Sequence[str], paths: Sequence[Path]) -> list[Panel]:
    """The densities, the measures and their slopes."""
    rows = [list(MEASURES).index(measure) for measure in shown]
    losses, gradients = (found[rows, :-1] for found in _slopes(shape, start))
    names, styles = [SYMBOLS[each] for each in shown], [_style(each) for each in shown]
    present = [Mark("vline", start[0])]
    m = _("mean m")
    ends = [np.asarray(path.params)[-1] for path in paths]
    drawn = figures.densities(
        WIDE,
        _density(shape, (0.0, 1.0)),
        _density(shape, start),
        [_density(shape, end) for end in ends],
        names=["P", "Q", *names],
        styles=[PathStyle(style.color, "dot", style.symbol) for style in styles],
        titles=("x", _("density")),
    )
    distance = figures.measure_curves(
        MEANS, list(losses), names=names, styles=styles, titles=(m, _("measure")), top=DOMAIN[0][1],
        levels={"log 2": float(np.log(2.0))},
    )  # fmt: skip
    slope = figures.measure_curves(
        MEANS, list(np.abs(gradients[..., 0])), names=names, styles=styles,
        titles=(m, _("|slope along m|")), top=STEEPEST,
    )  # fmt: skip
    return [
        Panel(
            "densities",
            drawn,
            "chart",
            _("The densities of P and Q, and dotted where each descent ends. Click to move Q there."),
            True,
            title=_("Density of P, Q and the ends"),
        ),
        Panel(
            "distance",
            distance,
            "chart",
            _("Each measure against the mean of Q. Click to choose a mean."),
            True,
            present,
            title=_("How far apart, against the mean"),
        ),
        Panel(
            "slope",
            slope,
            "chart",
            _("How steep each measure is along the mean of Q. Click to choose a mean."),
            True,
            present,
            title=_("How steep along the mean"),
        ),
    ]


def _density(shape: str, point: Any) -> np.ndarray:
    return np.asarray(density_of(SHAPES[shape], WIDE, float(point[0]), float(point[1])))


def _maps(shape: str, shown: Sequence[str], view: View, start: Point) -> list[Panel]:
    """The landscapes, each with its own descent."""
    marks = [Mark("point", 0.0, 1.0, symbol="star"), Mark("point", *start, symbol="ring")]
    return [
        Panel(
            measure,
            _map(shape, measure, view, language()),
            "plane" if view == "above" else "scene",
            _(
                "The landscape of {measure} over mean and scale, with the descent. Click to start there."
            ).format(measure=SYMBOLS[measure]),
            True,
            marks if view == "above" else [],
            title=SYMBOLS[measure],
            paths=[measure],
        )
        for measure in shown
    ]


@shared(maxsize=64)
def _map(shape: str, measure: str, view: View, code: str) -> Figure:
    titles = (_("mean m"), _("scale s"), SYMBOLS[measure])
    values, heights = _grids(shape)[measure], _heights(shape, measure)
    return descents.small_map(AXES, values, titles, heights, view, _("infinite"))


def _heights(shape: str, measure: str) -> Heights:
    return figures.measure(_grids(shape)[measure])


def _words(shape: str, start: Point, measure: str) -> str:
    """What is true of the shape, and where the numbers of a computer end."""
    value = _slopes(shape, start)[0][list(MEASURES).index(measure), -1]
    said = _(WORDS[shape]).format(growth=GROWTH[measure])
    if shape == "uniform" or not np.isposinf(value):
        return said
    return "  \n".join(
        [
            said,
            _("So far out densities are below $10^{-308}$, 0 to a computer: these probabilities give no KL."),
        ]
    )


def _table(shape: str, shown: Sequence[str], start: Point, paths: Sequence[Path]) -> str:
    """The measures at the present point, and what becomes of gradient descent, as a Markdown table."""
    losses, gradients = _slopes(shape, start)
    head = [
        "",
        _("Value"),
        _("∂ along m"),
        _("∂ along s"),
        _("Gradient’s length"),
        _("Gradient descent"),
    ]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 2) + "|---|"]
    for measure, path in zip(shown, paths, strict=True):
        row = list(MEASURES).index(measure)
        slope = gradients[row, -1]
        length = float(np.hypot(*slope))
        slope = np.where(np.abs(slope) < ROUNDING * length, 0.0, slope)
        cells = [SYMBOLS[measure], number(float(losses[row, -1]))]
        cells += [number(float(each)) if np.isfinite(each) else "–" for each in (*slope, length)]
        lines.append("| " + " | ".join([*cells, _ending(path)]) + " |")
    return "\n".join(lines)


def _ending(path: Path) -> str:
    """In a few words, how near a descent comes to P."""
    gaps = np.hypot(*(np.asarray(path.params, dtype=float) - np.array([0.0, 1.0])).T)
    near = np.flatnonzero(gaps < ARRIVED)
    if near.size:
        return _("within {distance} of P after {step} steps").format(distance=ARRIVED, step=int(near[0]))
    if path.diverged_at is not None:
        return descents.note(path)
    if gaps[-1] == gaps[0]:
        return _("does not move: {distance} away from P").format(distance=number(float(gaps[-1])))
    return _("still {distance} away from P, which was {first} away").format(
        distance=number(float(gaps[-1])), first=number(float(gaps[0]))
    )


def _arrays(shape: str, shown: Sequence[str], start: Point, paths: Sequence[Path]) -> dict[str, Any]:
    found: dict[str, Any] = dict(zip(("mean", "scale"), AXES, strict=True))
    for measure, path in zip(shown, paths, strict=True):
        found |= {
            f"{measure}/surface": _grids(shape)[measure],
            f"{measure}/params": path.params,
            f"{measure}/losses": path.losses,
            f"{measure}/gradients": path.gradients,
        }
    return found | _columns(shape, start)


def _columns(shape: str, start: Point) -> dict[str, Any]:
    """The measures and their slopes against the mean, at the present scale."""
    losses, gradients = _slopes(shape, start)
    found: dict[str, Any] = {"m": MEANS}
    for row, measure in enumerate(MEASURES):
        found |= {measure: losses[row, :-1], f"{measure}_slope": gradients[row, :-1, 0]}
    return found


def _script(shape: str, shown: Sequence[str], start: Point, rate: float, num_steps: int) -> str:
    rows = [
        f"    {each!r}: moved(LOSSES[{MEASURES[each][0]!r}], {shape!r}, {MEASURES[each][1]}),"
        for each in shown
    ]
    lines = [
        "import numpy as np",
        "from landscape.tasks.gaussians import moved",
        "from landscape.tasks.slopes import slopes",
        "measures = {",
        *rows,
        "}",
        f"optimizer = OPTIMIZERS['gd'].build(learning_rate={rate!r})",
        f"start = [{start[0]!r}, {start[1]!r}]",
        "for name, objective in measures.items():",
        f"    surface = landscape.evaluate(objective, resolution={RESOLUTION})",
        "    losses, gradients = slopes([objective], np.array([start]))",
        f"    path = landscape.descend(objective, optimizer, start, num_steps={num_steps})",
        '    print(f"{name}: {losses[0, 0]:.6g}, gradient {gradients[0, 0]}")',
        '    print(f"{name}: after {path.num_steps} steps {path.params[-1]}, loss {path.final_loss:.6g}")',
    ]
    return scripts.script(["LOSSES", "OPTIMIZERS"], lines)
