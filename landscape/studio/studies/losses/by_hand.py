"""Cross-entropy by hand: two lists of probabilities, the sum term by term, and the gradient."""

from math import isfinite, log
from typing import Any

import numpy as np
import streamlit as st

from landscape import figures
from landscape.figures.heights import number
from landscape.likelihoods import decompose, logit_gradient, to_logits
from landscape.studio import controls, exports, links, scripts, sharing
from landscape.studio.panels import Panel
from landscape.studio.plot import Click, plot
from landscape.studio.studies.losses import two_lists
from landscape.studio.studies.losses.two_lists import (
    CLASSES,
    EDIT,
    LOGITS,
    MOST,
    PREDICTIONS,
    TARGETS,
    Pair,
)
from landscape.studio.texts import N_, _

UNIT = "unit-by-hand"
UNITS = {"nats": N_("nats"), "bits": N_("bits")}


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        two_lists.move(click, pair, edit)

    with st.sidebar:
        options = {str(count): str(count) for count in range(2, MOST + 1)}
        count = int(controls.segments(_("Classes"), CLASSES, options, "2"))
        edits = {"probabilities": _("probabilities"), "logits": _("logits")}
        edit = controls.segments(_("Edit the prediction as"), EDIT, edits, "probabilities")
        two_lists.carry_over(edit, count)
        pair = two_lists.numbers(edit, count)
        unit = controls.segments(
            _("Logarithm"), UNIT, {"nats": _("nats (base e)"), "bits": _("bits (base 2)")}, "nats"
        )
    links.show_notes(st)

    two_lists.examples(count)
    wrong = two_lists.say_what_is_wrong(pair, edit)
    panels = _panels(pair, unit, bars_alone=wrong)
    widths, height = ((1,), 320) if wrong else ((1.1, 1), 420)
    plot("by-hand", panels, on_click=clicked, columns=widths, lead=not wrong, height=height)
    if not wrong:
        st.markdown(_sum(pair, unit))
        st.markdown(_table(pair, unit, edit))
        st.markdown(_words(pair, unit))
        sharing.bar("losses", **_offers(pair, edit, panels))
    return [CLASSES, EDIT, UNIT, *TARGETS, *PREDICTIONS, *LOGITS]


def _panels(pair: Pair, unit: str, *, bars_alone: bool) -> list[Panel]:
    names = [str(place + 1) for place in range(len(pair.target))]
    bars = Panel(
        "bars",
        figures.probability_bars(
            pair.target,
            pair.prediction,
            names,
            titles=(_("class"), _("probability")),
            words=(_("target t"), _("prediction y")),
        ),
        "chart",
        _("The target and the prediction, class by class. Click to give a bar its height."),
        True,
        title=_("Two lists of probabilities"),
    )
    if bars_alone:
        return [bars]
    parts, size = decompose(pair.target, pair.prediction), _size(unit)
    areas = figures.surprise_areas(
        pair.target,
        pair.prediction,
        names,
        titles=(_("class, as wide as t"), f"−{_log(unit)} y"),
        words={"entropy": "H(t)", "more": "+ KL", "less": "− KL"},
        unit=size,
    )
    sums = figures.entropy_bars(
        parts.cross_entropy / size,
        parts.entropy / size,
        parts.divergence / size,
        title=_(UNITS[unit]),
        words=("H(t, y)", "H(t)", "KL(t‖y)"),
    )
    return [
        Panel(
            "areas",
            areas,
            "chart",
            _("The terms as rectangles: each as wide as its target and as high as its surprise."),
            title=_("Cross-entropy is an area: width t, height −log y"),
        ),
        bars,
        Panel(
            "sums",
            sums,
            "chart",
            _("Cross-entropy as one bar, above entropy and divergence end to end."),
            title=_("Cross-entropy = entropy + divergence"),
        ),
    ]


def _size(unit: str) -> float:
    """How many nats the unit has."""
    return log(2.0) if unit == "bits" else 1.0


def _log(unit: str) -> str:
    return "log₂" if unit == "bits" else "log"


def _tex(value: float) -> str:
    """A number in a formula."""
    if not isfinite(value):
        return r"\infty" if value > 0 else r"-\infty"
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return number(value).replace("−", "-")
    mantissa, power = f"{value:.3e}".split("e")
    return rf"({float(mantissa):g} \cdot 10^{{{int(power)}}})"


def _sum(pair: Pair, unit: str) -> str:
    """The sum with its numbers, in LaTeX."""
    base = r"\log_2" if unit == "bits" else r"\log"
    parts = " + ".join(
        rf"{_tex(t)} \cdot {base} {_tex(y)}" for t, y in zip(pair.target, pair.prediction, strict=True)
    )
    total = decompose(pair.target, pair.prediction).cross_entropy / _size(unit)
    said = rf"H(t, y) = -\sum_k t_k {base} y_k = -({parts}) = \mathbf{{{_tex(total)}}}"
    return f"${said}$ {_(UNITS[unit])}"


def _table(pair: Pair, unit: str, edit: str) -> str:
    """The terms and the gradient, class by class, as a Markdown table."""
    base, size = _log(unit), _size(unit)
    head = [_("class"), "t", "y", f"{base} y", f"−t {base} y", "y − t", "jax.grad"]
    if edit == "logits":
        head.insert(2, "z")
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    terms, hand, grad = pair.terms() / size, pair.by_hand(), logit_gradient(pair.target, pair.logits)
    columns = [pair.target, pair.prediction, np.divide(to_logits(pair.prediction), size), terms, hand, grad]
    if edit == "logits":
        columns.insert(1, pair.logits)
    for place, row in enumerate(zip(*columns, strict=True)):
        lines.append(f"| {place + 1} | " + " | ".join(number(float(value)) for value in row) + " |")
    sums = [number(sum(pair.target)), number(sum(pair.prediction)), "", f"**{number(float(terms.sum()))}**"]
    sums += [number(_clean(hand.sum())), number(_clean(grad.sum()))]
    if edit == "logits":
        sums.insert(1, "")
    return "\n".join([*lines, f"| {_('sum')} | " + " | ".join(sums) + " |"])


def _clean(value: float) -> float:
    """A sum of numbers near 1 without what rounding has left of 0."""
    return 0.0 if abs(value) < 1e-14 else float(value)


def _words(pair: Pair, unit: str) -> str:
    """The identity with its numbers, the gradient's check, and what the edges mean."""
    parts, size = decompose(pair.target, pair.prediction), _size(unit)
    whole, own, more = (part / size for part in (parts.cross_entropy, parts.entropy, parts.divergence))
    lines = []
    if isfinite(whole):
        lines.append(
            _(r"$H(t, y) = H(t) + KL(t \Vert y)$: {whole} = {own} + {more}, difference {gap}.").format(
                whole=number(whole), own=number(own), more=number(more), gap=number(abs(whole - own - more))
            )
        )
    else:
        ruled_out = [place + 1 for place, term in enumerate(pair.terms()) if term == np.inf]
        lines.append(
            _(
                "**∞:** class {place} happens, and the prediction has ruled it out. Nothing makes up for "
                "that; a softmax never says exactly 0."
            ).format(place=", ".join(map(str, ruled_out)))
        )
    gap = np.abs(pair.by_hand() - logit_gradient(pair.target, pair.logits)).max()
    lines.append(
        _(
            "Gradient with respect to the logits, in nats: $y - t$ and `jax.grad` differ by {gap} at most."
        ).format(gap=number(float(gap)))
    )
    if any(t == 0 and y == 0 for t, y in zip(pair.target, pair.prediction, strict=True)):
        lines.append(_("0 · log 0 counts as 0: what never happens costs nothing."))
    return "  \n".join(lines)


def _offers(pair: Pair, edit: str, panels: list[Panel]) -> exports.Offers:
    """The terms, and the program that makes them."""

    def columns() -> dict[str, Any]:
        return {
            "class": np.arange(1, len(pair.target) + 1),
            "t": pair.target,
            "y": pair.prediction,
            "z": pair.logits,
            "term": pair.terms(),
            "y_minus_t": pair.by_hand(),
            "gradient": logit_gradient(pair.target, pair.logits),
        }

    def arrays() -> dict[str, Any]:
        parts = decompose(pair.target, pair.prediction)
        names = ("cross_entropy", "entropy", "divergence")
        return columns() | {name: getattr(parts, name) for name in names}

    program = _program(pair, edit)
    title = _("Cross-entropy by hand")
    return exports.offers(panels, (), title, arrays=arrays, columns=columns, script=lambda: program)


def _program(pair: Pair, edit: str) -> str:
    made = (
        [f"z = {list(pair.logits)!r}", "y = softmax(z)"]
        if edit == "logits"
        else [f"y = {list(pair.prediction)!r}", "z = to_logits(y)"]
    )
    lines = [
        "from landscape.likelihoods import cross_entropy_terms, decompose, logit_gradient",
        f"from landscape.likelihoods import {'softmax' if edit == 'logits' else 'to_logits'}",
        f"t = {list(pair.target)!r}",
        *made,
        'print("terms:", cross_entropy_terms(t, y).tolist())',
        "parts = decompose(t, y)",
        'print("cross-entropy:", parts.cross_entropy)',
        'print("entropy + divergence:", parts.entropy + parts.divergence)',
        'print("gradient:", logit_gradient(t, z).tolist())',
    ]
    return scripts.script([], lines)
