"""What is said of networks at their start: what each layer does to a signal, and what comes of it."""

import math
from collections.abc import Sequence

import numpy as np

from landscape import OPTIMIZERS
from landscape.figures.heights import number
from landscape.models import INITIALIZATIONS
from landscape.networks import Signals
from landscape.studio import initialized, trained
from landscape.studio.initialized import Beginning, FirstSteps
from landscape.studio.studies.networks import start_pictures
from landscape.studio.studies.networks.slice_words import percent
from landscape.studio.texts import _

SHARES = ("saturated", "dead")
"""What is a share of the units."""

LEARNED = 0.9
"""Something is learned where the loss is below this share of the one that knows no input."""


def titles() -> dict[str, str]:
    """The starts in the reader's language."""
    names = {name: _(each.title) for name, each in INITIALIZATIONS.items()}
    return names | {"small": _("Xavier, too small"), "large": _("Xavier, too large")}


def short(beginning: Beginning) -> str:
    """A start in a word, for pictures and tables."""
    factor = number(beginning.factor)
    return {
        "xavier": "Xavier",
        "he": "He",
        "lecun": "LeCun",
        "orthogonal": _("Orthogonal"),
        "zeros": _("Zeros"),
        "scaled": "N(0, 1)",
        "small": f"Xavier ÷ {factor}",
        "large": f"Xavier × {factor}",
    }[beginning.name]


def forwards() -> dict[str, str]:
    """What can be drawn of the signals that go forward."""
    return {
        "spreads": _("standard deviation"),
        "distinctions": _("between examples"),
        "saturated": _("saturated"),
        "dead": _("dead units"),
    }


def backs() -> dict[str, str]:
    """What can be drawn of the signals that come back."""
    return {"errors": _("error ∂ℓ/∂z"), "gradients": _("gradient ‖∂L/∂W‖")}


def rules(names: Sequence[str]) -> dict[str, str]:
    """The optimizers in the reader's language."""
    return {name: _(OPTIMIZERS[name].title) for name in names}


def _signals(beginning: Beginning) -> Signals | None:
    return initialized.measured.kept(beginning)


def headline(beginnings: Sequence[Beginning]) -> str:
    """What a layer multiplies what passes it by, with each start."""
    said = []
    for each in beginnings:
        found = _signals(each)
        if found is not None:
            both = dict.fromkeys([factor(found.spreads), factor(found.errors[::-1])])
            said.append(f"{short(each)} **{' / '.join(both)}**")
    if not said:
        return _("The signals are being measured.")
    return _("On average a layer multiplies the spread forward / the error back by: {factors}.").format(
        factors=" · ".join(said)
    )


def factor(sizes: np.ndarray) -> str:
    """A factor for each layer, or that nothing is left."""
    if not sizes[0] > 0:
        return _("nothing comes through")
    return f"× {number(float(f'{initialized.per_layer(sizes):.3g}'))}"


def table(beginnings: Sequence[Beginning]) -> str:
    """The numbers of each start."""
    relu = _is_relu(beginnings[0])
    depth = beginnings[0].network.depth
    still = _("Dead units, layer {depth}") if relu else _("Saturated, layer {depth}")
    head = [
        _("First weights"),
        _("Weights alone"),
        _("Spread, layer 1 → {depth}").format(depth=depth),
        _("Error, layer {depth} → 1").format(depth=depth),
        still.format(depth=depth),
        _("Loss, first → least"),
    ]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for each in beginnings:
        found, walked = _signals(each), initialized.first_steps.kept(each)
        cells = [short(each)]
        if found is None:
            cells += ["…"] * 4
        else:
            share = found.dead if relu else found.saturated
            cells += [
                f"× {number(float(f'{float(found.gains[-1]):.3g}'))}",
                f"{number(float(found.spreads[0]))} → {number(float(found.spreads[-1]))}",
                f"{number(float(found.errors[-1]))} → {number(float(found.errors[0]))}",
                f"{percent(float(share[-1]))} %",
            ]
        cells.append(
            "…" if walked is None else f"{number(float(walked.losses[0]))} → {number(least(walked))}"
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _is_relu(beginning: Beginning) -> bool:
    return beginning.network.activation in ("relu", "gelu")


def remarks(beginnings: Sequence[Beginning]) -> list[str]:
    """What was to be expected, what zeros do, and what the first steps have reached."""
    return [each for each in (expected(beginnings), zeros(beginnings), learned(beginnings)) if each]


def expected(beginnings: Sequence[Beginning]) -> str:
    """What the law says, and where it does not hold."""
    network = beginnings[0].network
    said = _(
        "**Expected:** weights of variance σ² multiply the spread by √(n σ²), n = {width} units: 1 keeps it, "
        "a flat line; any other factor is there {depth} times."
    ).format(width=network.width, depth=network.depth - 1)
    if network.model == "residual-mlp":
        return said + " " + _("A skip adds what came in, so the signal cannot fade, only grow.")
    more = {
        "relu": " "
        + _("A relu takes half of the mean square away: × 0.71 besides, which He’s factor √2 makes up for."),
        "tanh": " "
        + _(
            "That is the law of small signals: tanh takes away from large ones, so that a factor above 1 "
            "ends in saturation, not in overflow, and Xavier’s line falls slowly."
        ),
        "sigmoid": " "
        + _(
            "A sigmoid’s slope is at most ¼, so each layer takes three quarters of the signal; and its "
            "mean of ½ makes units differ where examples do not."
        ),
        "gelu": " " + _("A gelu takes away a little more than a relu does."),
        "identity": " " + _("Without an activation the law is exact on average."),
    }
    return said + more[network.activation]


def zeros(beginnings: Sequence[Beginning]) -> str:
    """What a start of zeros does."""
    found = [each for each in beginnings if each.name == "zeros"]
    walked = initialized.first_steps.kept(found[0]) if found else None
    if walked is None:
        return ""
    said = _("**Zeros:** all units of a layer are alike, get the same gradient and stay alike")
    said += " " + _("(after {steps} steps they differ by {spread}).").format(
        steps=f"{int(walked.steps[-1]):,}", spread=number(walked.spread)
    )
    blind = initialized.blind_loss(found[0].recipe)
    if found[0].network.activation == "sigmoid":
        return said + " " + _("They do learn, but a layer has the strength of one unit.")
    said += " " + _(
        "Here no hidden weight moves at all, since nothing comes through: only the last bias learns"
    )
    if blind is None:
        return said + "."
    return said + _(
        ", which cannot get below {loss}, the loss of answering with the classes’ shares."
    ).format(loss=number(blind))


def learned(beginnings: Sequence[Beginning]) -> str:
    """Which starts have learned something within the first steps."""
    walked = {each: initialized.first_steps.kept(each) for each in beginnings}
    known = {short(each): found for each, found in walked.items() if found is not None}
    if len(known) < len(beginnings):
        return ""
    steps = f"{trained.num_steps(beginnings[0].recipe):,}"
    lost = [name for name, found in known.items() if not math.isfinite(found.losses[-1])]
    finite = {name: least(found) for name, found in known.items() if name not in lost}
    said = ""
    if finite:
        best = min(finite, key=lambda name: finite[name])
        said = _("Within {steps} steps **{best}** gets lowest, to a loss of {loss}.").format(
            steps=steps, best=best, loss=number(finite[best])
        )
    blind = initialized.blind_loss(beginnings[0].recipe)
    if blind is not None:
        stuck = [name for name, loss in finite.items() if loss > LEARNED * blind]
        if stuck:
            said += " " + _("Hardly anything is learned by: {names}.").format(names=", ".join(stuck))
    if lost:
        said += " " + _("Diverged: {names}.").format(names=", ".join(lost))
    return said + " " + _("One seed, one η for all: another η may turn the order.")


def least(walked: FirstSteps) -> float:
    """The least loss that was reached: the last one may be a moment’s."""
    return float(np.nanmin(walked.losses))


def landscapes(picture: "start_pictures.Picture") -> str:
    """What the small pictures show."""
    said = _(
        "**The landscape at each start** along the same random numbers, each filter as long as the start’s "
        "own; ±{reach} on both axes, one scale of colours."
    ).format(reach=number(picture.reach))
    if any(each.name == "zeros" for each in picture.beginnings):
        said += " " + _("Filters of zeros have no length and give no direction: the lengths are Xavier’s.")
    return said


def pane(name: str, low: float, high: float) -> str:
    """The title of a small picture: its start, and how low and how high it is."""
    return _("{name}: {low} to {high}").format(name=name, low=number(low), high=number(high))
