"""Which loss? A few questions that end at a loss, with why, and what it looks like."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from landscape import LOSSES
from landscape.studio import (
    cached,
    controls,
    exports,
    landscapes,
    links,
    pictures,
    profiled,
    scripts,
    sharing,
)
from landscape.studio.landscapes import LossChoice
from landscape.studio.panels import Mark, Panel
from landscape.studio.plot import plot
from landscape.studio.profiled import Curve
from landscape.studio.studies.losses import entries
from landscape.studio.studies.losses.advice import Advice
from landscape.studio.studies.losses.questions import QUESTIONS, Path, follow
from landscape.studio.texts import _
from landscape.tasks import task_of

WINDOW = 4.0
"""How far from 0 the curve goes."""

HEIGHT = 390
"""Pixels of the pictures."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""
    with st.sidebar:
        path, advice = follow(_ask)
    links.show_notes(st)

    choice = LossChoice(advice.loss)
    _say(path, advice)
    panels = _panels(choice)
    plot("which", panels, columns=(1.15, 1), lead=True, height=HEIGHT)
    st.markdown(_onward(advice))
    sharing.bar("losses", **_offers(panels, choice))
    return [key_of(name) for name, _answer in path]


def key_of(question: str) -> str:
    """The parameter of the link for a question."""
    return f"{question}-which"


def _ask(name: str) -> str:
    """Put a question; the name of the answer."""
    question = QUESTIONS[name]
    answers = {answer: _(words) for answer, (words, _follows) in question.answers.items()}
    return controls.segments(f"**{_(question.text)}**", key_of(name), answers, next(iter(answers)))


def _say(path: Path, advice: Advice) -> None:
    """The loss that the answers end at, why, what it goes with; its formula beside."""
    loss = LOSSES[advice.loss]
    said = " → ".join(_(QUESTIONS[name].answers[answer][0]) for name, answer in path)
    facts = []
    if (units := entries.units(loss)) != entries.NOTHING:
        facts.append(_("Output unit: **{unit}**").format(unit=units.split(", ")[0]))
    if (likelihood := entries.likelihood(loss)) != entries.NOTHING:
        facts.append(_("Likelihood: **{likelihood}**").format(likelihood=likelihood))
    left, right = st.columns([1.5, 1], vertical_alignment="center")
    words = [f":gray[{said} →]", f"#### {_(loss.title)}", _(advice.why), " · ".join(facts)]
    left.markdown("\n\n".join(words))
    right.markdown(f"$$\n{loss.formula}\n$$")


def _panels(choice: LossChoice) -> list[Panel]:
    """The landscape of the loss on its task, and its curve where it has one; else the landscape's side."""
    scale = pictures.first_scale(choice, on_functions="linear")
    stars = [
        Mark("point", x, y, symbol="star") for x, y in landscapes.minimizers(landscapes.objective(choice))
    ]
    panels = [
        Panel(
            "map", pictures.contour(choice, scale), "plane", _("Its landscape on a small task."), marks=stars
        )
    ]
    over = profiled.abscissa_of(choice.loss)
    if over is None:
        scene = pictures.surface(choice, scale)
        return [*panels, Panel("scene", scene, "scene", _("The landscape from the side."))]
    upper, lower = profiled.pictures([Curve(choice.loss)], over, WINDOW, named=False)
    return [
        *panels,
        Panel("curve", upper, "chart", _("The loss.")),
        Panel("slope", lower, "chart", _("Its slope.")),
    ]


def _onward(advice: Advice) -> str:
    """What the landscape is of, and where to go on."""
    name = advice.loss
    steps = [f"[{_('Its landscape')}]({entries.landscape_link(name)})"]
    if curve := entries.curve_link(name):
        steps.append(f"[{_('Its curve beside others')}]({curve})")
    if advice.topic:
        steps.append(f"[{_('See it at work')}]({entries.topic_link(advice.topic)})")
    task = task_of(LOSSES[name])
    return f"{' &ensp;·&ensp; '.join(steps)}\n\n{_('On the left')}: {_(task.statement)}"


def _offers(panels: Sequence[Panel], choice: LossChoice) -> exports.Offers:
    """What the study offers to take along: the landscape."""
    grid = cached.surface(choice)

    def columns() -> dict[str, Any]:
        x, y = np.meshgrid(grid.x, grid.y)
        return {"x": x.ravel(), "y": y.ravel(), "loss": grid.values.ravel()}

    return exports.offers(
        panels,
        (),
        f"{_('Which loss?')} · {choice.loss}",
        arrays=lambda: {"x": grid.x, "y": grid.y, "loss": grid.values},
        columns=columns,
        script=lambda: scripts.surface(choice, cached.RESOLUTION),
    )
