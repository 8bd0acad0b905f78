"""Imbalance: one class is rare; plain, balanced and focal cross-entropy, and what a threshold does."""

import math
from typing import Any

import numpy as np
import streamlit as st

from landscape import LOSSES, figures
from landscape.figures import Figure
from landscape.figures.boundaries import Boundary, Curve, class_boundaries, line_in, operating_curves
from landscape.figures.colours import loss_style
from landscape.figures.heights import number
from landscape.studio import choosing, controls, exports, links, rare, scripts, sharing
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import Click, plot
from landscape.studio.rare import BALANCED, FOCAL, NAMES, PLAIN, Line, Setting
from landscape.studio.shared import shared
from landscape.studio.texts import N_, _, language
from landscape.tasks.imbalance import SLIGHT
from landscape.tasks.scores import Scores, expected_rates, scores

SHARES, COUNT, DISTANCE, THRESHOLD = (0.01, 0.5), "500", 2.0, 0.5
LOWEST, HIGHEST = 0.001, 0.999
"""Of a threshold."""

TITLES = {PLAIN: N_("Plain"), BALANCED: N_("Balanced"), FOCAL: N_("Focal")}


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        fit = rare.line(setting, PLAIN)
        logit = _nearest(setting, click) if click.panel == "curve" else _logit_at(fit, click)
        chance = 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))
        st.session_state["threshold-imbalance"] = float(f"{min(max(chance, LOWEST), HIGHEST):.3g}")

    with st.sidebar:
        share = controls.log_number(_("Share of the rare class"), "share-imbalance", 0.05, SHARES, SHARES)
        counts = {str(count): str(count) for count in rare.COUNTS}
        count = controls.segments(_("Examples"), "count-imbalance", counts, COUNT)
        distance = controls.linear_number(
            _("Distance of the clouds"),
            "distance-imbalance",
            DISTANCE,
            (0.0, 5.0),
            (0.0, 8.0),
            help=_("Between their centres, in standard deviations: the smaller, the more they overlap."),
        )
        threshold = controls.linear_number(
            _("Threshold of the plain line"),
            "threshold-imbalance",
            THRESHOLD,
            (0.01, 0.99),
            (LOWEST, HIGHEST),
            help=_("Rare is called what has at least this probability. Click in the plot to move the line."),
        )
        numbers, keys = choosing.loss_numbers(FOCAL)
        seed = controls.whole(_("Seed"), "seed-imbalance", 0, 0, 9999)
    links.show_notes(st)

    setting = Setting(share, int(count), distance, seed, numbers)
    lines = {name: rare.line(setting, name) for name in NAMES}
    found = {name: _scores(setting, lines[name], THRESHOLD) for name in NAMES}
    moved = _scores(setting, lines[PLAIN], threshold)
    panels = [
        Panel(
            "data",
            _data(setting, language()),
            "chart",
            _("The points of both classes with the three lines. Click to move the plain line there."),
            True,
            _moved_line(setting, lines[PLAIN], threshold),
        ),
        Panel(
            "curve",
            _curves(setting, language()),
            "chart",
            _("Recall against false alarms over all thresholds. Click to choose a threshold."),
            True,
            [Mark("point", moved.false_alarm_rate, moved.recall, symbol="ring")],
        ),
    ]
    plot("imbalance", panels, on_click=clicked, columns=(1.35, 1), height=430)
    st.markdown(_verdict(setting, found, lines[PLAIN]))
    if not rare.has_minimizer(setting, FOCAL):
        st.markdown(
            _(
                "**The focal loss has no minimizer here:** one class counts nothing, so that the line "
                "moves off for good."
            )
        )
    st.markdown(_table(setting, lines, found, moved, threshold))
    st.markdown(_("**The three landscapes**, over the weight $w_1$ between the clouds and the bias $b$:"))
    small = [
        Panel(
            name,
            _landscape(setting, name, language()),
            "chart",
            _("The landscape of {loss} with the three minimizers.").format(loss=_(LOSSES[name].title)),
            marks=_minimizers(lines, name),
            title=_(TITLES[name]),
        )
        for name in NAMES
    ]
    plot("imbalance-landscapes", small, columns=(1, 1, 1), height=270)
    st.caption(
        _(
            "To each loss {penalty} is added, so that there is a minimizer even where a line separates the "
            "classes; $w_2$ stays where the loss’s own minimizer has it."
        ).format(penalty=r"$10^{-3} \lVert w \rVert^2$")
    )
    sharing.bar("losses", **_offers(setting, lines, threshold, [*panels, *small]))
    own = ["share", "count", "distance", "threshold", "seed"]
    return [*(f"{name}-imbalance" for name in own), *keys]


def _scores(setting: Setting, fit: Line, threshold: float) -> Scores:
    return scores(rare.data_of(setting).targets, rare.logits(setting, fit) >= _logit(threshold))


def _logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def _logit_at(fit: Line, click: Click) -> float:
    return fit[0] * click.x + fit[1] * click.y + fit[2]


def _nearest(setting: Setting, click: Click) -> float:
    """The threshold, as a logit, at which the plain line comes nearest to a place of the curve."""
    thresholds, alarms, recalls = rare.curve(setting, rare.line(setting, PLAIN))
    best = int(np.argmin((alarms - click.x) ** 2 + (recalls - click.y) ** 2))
    # Between this value and the next, so that rounding does not lose the point; ∞ calls nothing rare.
    lower = thresholds[best + 1] if best + 1 < len(thresholds) else thresholds[best] - 1.0
    return float(lower + 1.0 if best == 0 else (thresholds[best] + lower) / 2)


def _limits(distance: float) -> tuple[tuple[float, float], tuple[float, float]]:
    reach = distance / 2 + 3.4
    return (-reach, reach), (-3.4, 3.4)


@shared(maxsize=64)
def _data(setting: Setting, code: str) -> Figure:
    data = rare.data_of(setting)
    return class_boundaries(
        data.inputs,
        data.targets,
        (_("common"), _("rare")),
        [Boundary(_(TITLES[name]), rare.line(setting, name), loss_style(name)) for name in NAMES],
        limits=_limits(setting.distance),
        titles=("x₁", "x₂"),
    )


def _moved_line(setting: Setting, fit: Line, threshold: float) -> list[Mark]:
    """The plain line at a threshold of the reader's."""
    if threshold == THRESHOLD:
        return []
    x, y = line_in((fit[0], fit[1], fit[2] - _logit(threshold)), _limits(setting.distance))
    if not np.isfinite(x).all():
        return []
    label = _("plain, threshold {value}").format(value=number(threshold))
    order = np.argsort(-y)  # the words stand at the upper end
    return [Mark("segment", x[order], y[order], loss_style(PLAIN).color, "dot", label)]


@shared(maxsize=64)
def _curves(setting: Setting, code: str) -> Figure:
    curves = []
    for name in NAMES:
        fit = rare.line(setting, name)
        _thresholds, alarms, recalls = rare.curve(setting, fit)
        now = _scores(setting, fit, THRESHOLD)
        curves.append(
            Curve(_(TITLES[name]), alarms, recalls, (now.false_alarm_rate, now.recall), loss_style(name))
        )
    titles = (_("false alarms: share of the common called rare"), _("recall of the rare class"))
    return operating_curves(curves, titles, _("by lot"))


@shared(maxsize=128)
def _landscape(setting: Setting, name: str, code: str) -> Figure:
    found = rare.surface(setting, name)
    return figures.contour(
        found.x, found.y, found.values, titles=("w₁", "b", _("loss")), scale="log", show_bar=False
    )


def _minimizers(lines: dict[str, Line], own: str) -> list[Mark]:
    """Where the three losses have their minimizers; the loss’s own is a star."""
    order = [*(name for name in NAMES if name != own), own]
    return [
        Mark(
            "point",
            lines[name][0],
            lines[name][2],
            loss_style(name).color,
            "star" if name == own else "circle",
        )
        for name in order
    ]


def _table(
    setting: Setting, lines: dict[str, Line], found: dict[str, Scores], moved: Scores, threshold: float
) -> str:
    """What each answer gets right, as a Markdown table."""
    head = [
        "",
        _("Threshold"),
        _("Recall"),
        _("Precision"),
        _("False alarms"),
        "F1",
        _("Accuracy"),
        _("Recall on new points"),
    ]
    targets = rare.data_of(setting).targets
    constant = scores(targets, np.zeros(targets.shape, bool))
    rows = [_row(_("Always “common”"), "–", constant, 0.0)]
    for name in NAMES:
        rows.append(
            _row(_(TITLES[name]), number(THRESHOLD), found[name], _expected(setting, lines[name], THRESHOLD))
        )
        if name == PLAIN and threshold != THRESHOLD:
            rows.append(
                _row(_("Plain, moved"), number(threshold), moved, _expected(setting, lines[PLAIN], threshold))
            )
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    )


def _expected(setting: Setting, fit: Line, threshold: float) -> float:
    return expected_rates(fit, setting.distance, _logit(threshold))[1]


def _row(title: str, threshold: str, found: Scores, expected: float) -> list[str]:
    rare_ones, common = found.found + found.missed, found.alarms + found.passed
    return [
        title,
        threshold,
        f"{_share(found.recall)}\u00a0({found.found}/{rare_ones})",
        _share(found.precision),
        f"{_share(found.false_alarm_rate)}\u00a0({found.alarms}/{common})",
        "–" if math.isnan(found.f1) else f"{found.f1:.3f}",
        _share(found.accuracy),
        _share(expected),
    ]


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.1f}\u00a0%"


def _verdict(setting: Setting, found: dict[str, Scores], plain: Line) -> str:
    """What accuracy hides, and what a threshold would do."""
    share = float(rare.data_of(setting).targets.mean())
    at_share = _scores(setting, plain, share)
    balanced = found[BALANCED]
    return _(
        "**Who always says “common” is right in {accuracy} of the cases and finds none.** The plain line, "
        "with its threshold at the share of the rare, {share}, finds {found} of {rare} at the price of "
        "{alarms} false alarms; the balanced one finds {balanced} at the price of {raised}."
    ).format(
        accuracy=_share(1 - share),
        share=number(share),
        found=at_share.found,
        rare=at_share.found + at_share.missed,
        alarms=at_share.alarms,
        balanced=balanced.found,
        raised=balanced.alarms,
    )


def _offers(
    setting: Setting, lines: dict[str, Line], threshold: float, panels: list[Panel]
) -> exports.Offers:
    """What the study gives away: points, lines, curves, landscapes, and the program."""

    def arrays() -> dict[str, Any]:
        data = rare.data_of(setting)
        found: dict[str, Any] = {"inputs": data.inputs, "labels": data.targets}
        for name in NAMES:
            surface = rare.surface(setting, name)
            _thresholds, alarms, recalls = rare.curve(setting, lines[name])
            parts = {"line": lines[name], "alarms": alarms, "recalls": recalls, "landscape": surface.values}
            found |= {"w1": surface.x, "b": surface.y}
            found |= {f"{name}/{part}": array for part, array in parts.items()}
        return found

    def columns() -> dict[str, Any]:
        rows = [(name, THRESHOLD) for name in NAMES] + [(PLAIN, threshold)]
        scored = [_scores(setting, lines[name], at) for name, at in rows]
        found: dict[str, Any] = {
            "loss": [name for name, _at in rows],
            "threshold": [at for _name, at in rows],
        }
        for place, letter in enumerate(("w1", "w2", "b")):
            found[letter] = [lines[name][place] for name, _at in rows]
        for each in ("found", "missed", "alarms", "passed", "recall", "precision", "accuracy", "f1"):
            found[each] = [getattr(one, each) for one in scored]
        return found

    title = f"{_('Losses')} · {_('Imbalance')}"
    return exports.offers(
        panels,
        (),
        title,
        arrays=arrays,
        columns=columns,
        script=lambda: _program(setting, threshold),
        lead=False,
    )


def _program(setting: Setting, threshold: float) -> str:
    """The script that fits the same lines and counts the same."""
    focal = "".join(f", {name}={value!r}" for name, value in setting.numbers).removeprefix(", ")
    lines = [
        "import math",
        "from landscape.tasks.imbalance import fitted_line, imbalanced_clouds",
        "from landscape.tasks.scores import scores",
        f"clouds = imbalanced_clouds({setting.share!r}, {setting.num_examples}, {setting.distance!r}, "
        f"seed={setting.seed})",
        f"focal = LOSSES['focal'].replace({focal})",
        "rows = [",
        *(f"    (LOSSES[{name!r}], {THRESHOLD})," for name in (PLAIN, BALANCED)),
        f"    (focal, {THRESHOLD}),",
        f"    (LOSSES[{PLAIN!r}], {threshold!r}),",
        "]",
        "for loss, threshold in rows:",
        f"    (w1, w2, b), converged = fitted_line(clouds, loss, penalty={SLIGHT!r})",
        "    logits = clouds.inputs @ [w1, w2] + b",
        "    found = scores(clouds.targets, logits >= math.log(threshold / (1 - threshold)))",
        '    print(f"{loss.name} at {threshold}: recall {found.recall:.6g}, accuracy {found.accuracy:.6g}, "',
        '          f"{found.alarms} false alarms, line {w1:.6g} {w2:.6g} {b:.6g}")',
    ]
    return scripts.script(["LOSSES"], lines)
