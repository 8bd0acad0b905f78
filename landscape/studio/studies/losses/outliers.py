"""Outliers: one line for each loss through points of which a few can be moved, and whose valley moves."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st

from landscape import LOSSES, figures
from landscape.figures import Figure, PathStyle
from landscape.figures.heights import number
from landscape.studio import choosing, contaminated, controls, exports, links, scripts, sharing
from landscape.studio.cached import Point
from landscape.studio.choosing.places import readable
from landscape.studio.contaminated import FITS, Fitted, Points
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.texts import _, language
from landscape.tasks.outliers import (
    INTERCEPT,
    MOST_MOVED,
    SLOPE,
    Combination,
    LineFit,
    combine,
    distance_from_truth,
)

Shown = Literal["mean", "median", "none"]
SHOWN: Mapping[Shown, tuple[Combination, ...]] = {
    "mean": ("mean",),
    "median": ("median",),
    "none": (),
}

PLACES: tuple[Point, ...] = ((1.8, -9.0), (-2.0, 4.0), (0.5, -8.0))
"""Where the outliers stand at first."""

REACH_X, REACH_Y = (-3.0, 3.0), (-10.0, 12.0)
"""The picture, as far as no outlier stands further out."""

FURTHEST = 1000.0
"""What may be typed."""

TITLES = ("x", "y")


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        if not moved:
            st.session_state["count-outliers"] = "1"
        x_key, y_key = _keys(picked if moved else 0)
        st.session_state[x_key] = readable(click.x, *limits[0])
        st.session_state[y_key] = readable(click.y, *limits[1])

    with st.sidebar:
        moved, picked, keys = _moved()
        losses, more = _losses()
        options: Mapping[Shown, str] = {
            "mean": _("Mean"),
            "median": _("Median"),
            "none": _("None"),
        }
        ensemble = controls.segments(_("Ensemble of the fits"), "ensemble-outliers", options, "mean")
        seed = controls.whole(_("Seed of the points"), "seed-outliers", 0, 0, 9999)
        keys += [*more, "ensemble-outliers", "seed-outliers"]
    links.show_notes(st)

    points = Points(seed, moved)
    limits = _limits(moved)
    panels = [_lines(points, losses, SHOWN[ensemble], picked), *_landscapes(points, losses)]
    if moved:
        panels.append(_pulls(points, losses, picked))
    plot("outliers", panels, on_click=clicked, columns=(1.5, 1, 1), lead=True, height=500)
    marks = _("★ the minimizer, ◯ where it was before the points were moved.")
    st.markdown(_verdict(points, losses, picked) + ("  \n" + marks if moved else ""))
    st.markdown(_table(points, losses, picked))
    st.markdown(_of_the_ensemble(points, losses))
    sharing.bar("losses", **_offers(points, losses, panels))
    return keys


def _keys(index: int) -> tuple[str, str]:
    """The parameters of the link for an outlier's place."""
    place = "" if index == 0 else str(index + 1)
    return f"outlier-x{place}-outliers", f"outlier-y{place}-outliers"


def _moved() -> tuple[tuple[Point, ...], int, list[str]]:
    """Choose how many points are moved and where; which of them is picked; and the keys."""
    counts = {str(count): str(count) for count in range(MOST_MOVED + 1)}
    count = int(controls.segments(_("Outliers"), "count-outliers", counts, "1"))
    keys, picked = ["count-outliers"], 0
    if count > 1:
        names = {str(index + 1): str(index + 1) for index in range(count)}
        label = _("Outlier that a click moves")
        picked = int(controls.segments(label, "selected-outliers", names, "1")) - 1
        keys.append("selected-outliers")
    places = []
    for index in range(count):
        x_key, y_key = _keys(index)
        drawn, (x, y) = index == picked, PLACES[index]
        ends = (-FURTHEST, FURTHEST)
        places.append(
            (
                controls.linear_number(_("Outlier x"), x_key, x, REACH_X, ends, steps=60, drawn=drawn),
                controls.linear_number(_("Outlier y"), y_key, y, REACH_Y, ends, steps=60, drawn=drawn),
            )
        )
        keys += [x_key, y_key]
    return tuple(places), picked, keys


def _losses() -> tuple[tuple[Fitted, ...], list[str]]:
    """The losses, with their numbers chosen."""
    found, keys = [], []
    for name in FITS:
        numbers, more = choosing.loss_numbers(name)
        found.append(Fitted(name, numbers))
        keys += more
    return tuple(found), keys


def _limits(moved: Sequence[Point]) -> tuple[Point, Point]:
    """What the picture of the points shows: every outlier."""
    sides = []
    for values, (low, high) in zip(
        zip(*moved, strict=True) if moved else ((), ()), (REACH_X, REACH_Y), strict=True
    ):
        first, last = min([low, *values]), max([high, *values])
        margin = 0.04 * (last - first)
        sides.append((first - margin * (first < low), last + margin * (last > high)))
    return sides[0], sides[1]


def _lines(
    points: Points, losses: tuple[Fitted, ...], combined: tuple[Combination, ...], picked: int
) -> Panel:
    return Panel(
        "data",
        _data_picture(points, losses, combined, picked, language()),
        "chart",
        _("The points with the line of each loss. Click to move the outlier there."),
        clickable=True,
        title=_what_a_click_does(points.moved, picked),
    )


def _what_a_click_does(moved: Sequence[Point], picked: int) -> str:
    if not moved:
        return _("Click to move a point away")
    return _("Click to move outlier {number}").format(number=picked + 1)


@shared(maxsize=32)
def _data_picture(
    points: Points, losses: tuple[Fitted, ...], combined: tuple[Combination, ...], picked: int, code: str
) -> Figure:
    data, clean = contaminated.dataset(points), contaminated.dataset(points.clean)
    limits, count = _limits(points.moved), len(points.moved)
    x = np.linspace(*limits[0], 121)
    fits = [contaminated.fit(points, fitted) for fitted in losses]
    words = _ensemble_words()
    return figures.fitted_lines(
        data.inputs[:, 0],
        data.targets,
        np.stack([clean.inputs[:count, 0], clean.targets[:count]], axis=1),
        {_title(fitted): fit.at(x) for fitted, fit in zip(losses, fits, strict=True)},
        {_title(fitted): _style(fitted) for fitted in losses},
        curve_x=x,
        truth=SLOPE * x + INTERCEPT,
        limits=limits,
        titles=TITLES,
        words={"truth": _("truth"), "point": _("point"), "outlier": _("outlier")},
        chosen=picked,
        combined={words[how]: combine(fits, x, how) for how in combined},
    )


def _landscapes(points: Points, losses: tuple[Fitted, ...]) -> list[Panel]:
    """One landscape for each loss, with its minimizer, and where that was before the points were moved."""
    window = contaminated.window(points, losses)
    panels = []
    for fitted in losses:
        here, before = (contaminated.fit(each, fitted) for each in (points, points.clean))
        marks = [Mark("point", before.slope, before.intercept, symbol="ring")]
        if points.moved:
            way = [before.slope, here.slope], [before.intercept, here.intercept]
            marks = [Mark("segment", *way, symbol="dash"), *marks]
            marks.append(Mark("point", here.slope, here.intercept, symbol="star"))
        panels.append(
            Panel(
                fitted.name,
                _landscape(points, fitted, window, language()),
                "plane",
                _("{loss} over slope and intercept.").format(loss=_title(fitted)),
                marks=marks,
                title=_title(fitted),
            )
        )
    return panels


@shared(maxsize=64)
def _landscape(points: Points, fitted: Fitted, window: Any, code: str) -> Figure:
    grid = contaminated.surface(points, fitted, window)
    titles = (_("slope"), _("intercept"), _("loss"))
    return figures.small_landscape(grid.x, grid.y, grid.values, titles=titles)


def _pulls(points: Points, losses: tuple[Fitted, ...], picked: int) -> Panel:
    """How hard the picked outlier pulls under each loss."""
    pulls = [contaminated.fit(points, each).relative_pull(picked, len(points.moved)) for each in losses]
    figure = figures.pull_bars(
        [_title(fitted) for fitted in losses],
        pulls,
        [_style(fitted).color for fitted in losses],
        title=_("pull of the outlier, in pulls of an ordinary point"),
    )
    label = _("How hard the outlier pulls under each loss, beside an ordinary point.")
    return Panel("pulls", figure, "plain", label, title=_("Pull (an ordinary point: 1)"))


def _title(fitted: Fitted) -> str:
    return _(LOSSES[fitted.name].title)


def _style(fitted: Fitted) -> PathStyle:
    """The colour of the loss; a quantile may lie on the absolute error, which is then seen through it."""
    style = figures.loss_style(fitted.name)
    return PathStyle(style.color, "dash", style.symbol) if fitted.name == "quantile" else style


def _ensemble_words() -> dict[Combination, str]:
    return {"mean": _("Mean of the fits"), "median": _("Median of the fits")}


def _verdict(points: Points, losses: tuple[Fitted, ...], picked: int) -> str:
    """Whose line has moved, and why, in a sentence."""
    fits = [contaminated.fit(points, fitted) for fitted in losses]
    distances = [distance_from_truth(fit.at) for fit in fits]
    if not points.moved:
        return _("Without an outlier all lines are within {distance} of the truth.").format(
            distance=_short(max(distances))
        )
    best, worst = int(np.argmin(distances)), int(np.argmax(distances))
    said = _(
        "**{worst}** ends {far} from the truth, **{best}** {near}. The outlier pulls {pull}× as hard as "
        "an ordinary point under the squared error, {other}× under the absolute error."
    )
    if fits[1].residuals[picked] == 0:
        said = _(
            "**{worst}** ends {far} from the truth, **{best}** {near}. The outlier pulls {pull}× as "
            "hard as an ordinary point under the squared error; "
            "the line of the absolute error goes through it."
        )
    return said.format(
        worst=_title(losses[worst]),
        far=_short(distances[worst]),
        best=_title(losses[best]),
        near=_short(distances[best]),
        pull=_short(fits[0].relative_pull(picked, len(points.moved))),
        other=_short(fits[1].relative_pull(picked, len(points.moved))),
    )


def _table(points: Points, losses: tuple[Fitted, ...], picked: int) -> str:
    """Every line in numbers, and those of the ensembles, as a Markdown table."""
    head = [
        _("Line"),
        _("Slope"),
        _("Intercept"),
        _("Distance from the truth"),
        *([_("Residual of the outlier"), _("Pull of the outlier")] if points.moved else []),
    ]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    fits = [contaminated.fit(points, fitted) for fitted in losses]
    rows: list[list[str]] = []
    for fitted, fit in zip(losses, fits, strict=True):
        inner = "".join(f", {_symbol(name)} = {value:g}" for name, value in fitted.numbers)
        row = [_title(fitted) + inner, _short(fit.slope), _short(fit.intercept)]
        row.append(_short(distance_from_truth(fit.at)))
        if points.moved:
            row += [_short(fit.residuals[picked]), f"{_short(fit.relative_pull(picked, len(points.moved)))}×"]
        rows.append(row)
    for how, title in _ensemble_words().items():
        rows.append([title, *_combined(points, fits, how, picked)])
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def _combined(points: Points, fits: Sequence[LineFit], how: Combination, picked: int) -> list[str]:
    """An ensemble's cells."""
    line = ["–", "–"]
    if how == "mean":
        line = [
            _short(float(np.mean([getattr(fit, name) for fit in fits]))) for name in ("slope", "intercept")
        ]
    cells = [*line, _short(distance_from_truth(lambda x: combine(fits, x, how)))]
    if points.moved:
        x, y = points.moved[picked]
        cells += [_short(float(combine(fits, x, how)) - y), "–"]
    return cells


def _short(value: float) -> str:
    return number(float(f"{value:.3g}"))


def _symbol(name: str) -> str:
    return {"delta": "δ", "tau": "τ"}.get(name, name)


def _of_the_ensemble(points: Points, losses: tuple[Fitted, ...]) -> str:
    """What an ensemble is, and what it does here."""
    fits = [contaminated.fit(points, fitted) for fitted in losses]
    distances = [distance_from_truth(fit.at) for fit in fits]
    mean = distance_from_truth(lambda x: combine(fits, x, "mean"))
    beaten = sum(mean < distance for distance in distances)
    return _(
        "The mean of the fits is the line of the mean slope and the mean intercept: here nearer to the truth "
        "than {beaten} of {count} fits. One fit that is led astray pulls it by 1/{count} of its error; "
        "the median, taken at each x, stays where most fits are, and need not be a straight line."
    ).format(beaten=beaten, count=len(fits))


def _offers(points: Points, losses: tuple[Fitted, ...], panels: Sequence[Panel]) -> exports.Offers:
    def columns() -> dict[str, Any]:
        fits = [contaminated.fit(points, fitted) for fitted in losses]
        before = [contaminated.fit(points.clean, fitted) for fitted in losses]
        found = {
            "loss": [fitted.name for fitted in losses],
            "slope": [fit.slope for fit in fits],
            "intercept": [fit.intercept for fit in fits],
            "distance_from_truth": [distance_from_truth(fit.at) for fit in fits],
            "clean_slope": [fit.slope for fit in before],
            "clean_intercept": [fit.intercept for fit in before],
        }
        for index in range(len(points.moved)):
            found[f"residual_{index + 1}"] = [fit.residuals[index] for fit in fits]
            found[f"pull_{index + 1}"] = [fit.relative_pull(index, len(points.moved)) for fit in fits]
        return found

    def arrays() -> dict[str, Any]:
        data, window = contaminated.dataset(points), contaminated.window(points, losses)
        found: dict[str, Any] = {"x": data.inputs[:, 0], "y": data.targets, **columns()}
        for fitted in losses:
            grid = contaminated.surface(points, fitted, window)
            found |= {"slopes": grid.x, "intercepts": grid.y, f"{fitted.name}/loss": grid.values}
        return found

    return {
        "html": exports.page(panels, (), _("Outliers"), "step"),
        "arrays": arrays,
        "table": lambda: sharing.csv(columns()),
        "script": lambda: _program(points, losses),
    }


def _program(points: Points, losses: tuple[Fitted, ...]) -> str:
    """The script that fits the same lines."""
    chosen = [
        f"    LOSSES[{fitted.name!r}]"
        + (
            f".replace({', '.join(f'{name}={value!r}' for name, value in fitted.numbers)}),"
            if fitted.numbers
            else ","
        )
        for fitted in losses
    ]
    lines = [
        "from landscape.tasks.outliers import combine, contaminated_line, distance_from_truth, fit_line",
        f"data = contaminated_line({list(points.moved)!r}, seed={points.seed!r})",
        "losses = [",
        *chosen,
        "]",
        "fits = [fit_line(data, loss) for loss in losses]",
        "for loss, fit in zip(losses, fits):",
        "    distance = distance_from_truth(fit.at)",
        '    print(f"{loss.name}: slope {fit.slope:.6g}, intercept {fit.intercept:.6g}, off {distance:.6g}")',
        'for how in ("mean", "median"):',
        "    distance = distance_from_truth(lambda x: combine(fits, x, how))",
        '    print(f"{how}: off {distance:.6g}")',
    ]
    return scripts.script(["LOSSES"], lines)
