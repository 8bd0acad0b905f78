"""What is said of four minima: how sharp each is, and whether the flatter ones generalize better."""

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from landscape.figures.heights import number
from landscape.studio import flattened, trained
from landscape.studio.flattened import RUNS, Bend, Comparison, Minimum, Run, Setting
from landscape.studio.studies.networks.slice_words import percent
from landscape.studio.texts import _

UNEQUAL = 1.5
"""One training loss is much higher than another where it is so many times as high."""


class Pairs(NamedTuple):
    """Of the pairs among several minima: how many agree with a claim, contradict it, or are even."""

    agreeing: int
    contrary: int
    even: int

    @property
    def total(self) -> int:
        """All pairs."""
        return sum(self)


def pairs(sharpness: list[float], heights: list[float]) -> Pairs:
    """In how many pairs the sharper one is the higher one: what Kendall's rank correlation counts.

    Example:
        >>> pairs([1.0, 2.0, 3.0], [5.0, 7.0, 7.0])
        Pairs(agreeing=2, contrary=0, even=1)
    """
    signs = [
        (sharpness[i] - sharpness[j]) * (heights[i] - heights[j])
        for i, j in combinations(range(len(heights)), 2)
    ]
    agreeing, contrary = sum(sign > 0 for sign in signs), sum(sign < 0 for sign in signs)
    return Pairs(agreeing, contrary, len(signs) - agreeing - contrary)


def names(setting: Setting) -> dict[Run, str]:
    """The four, by their batch and their weight decay."""
    large = setting.large or trained.parts(setting.network.dataset, setting.network.split)[0].num_examples
    decayed = _("{batch} · decay")
    small, big = f"B = {setting.small}", f"B = {large}"
    return {
        "small": small,
        "small-decay": decayed.format(batch=small),
        "large": big,
        "large-decay": decayed.format(batch=big),
    }


def short(value: float) -> str:
    """A number with three digits that count.

    Example:
        >>> short(0.063142), short(float("nan"))
        ('0.0631', 'NaN')
    """
    return number(float(f"{value:.3g}"))


def under_way(setting: Setting) -> str:
    """What is being computed."""
    for run in RUNS:
        recipe = setting.recipe(run)
        if flattened.minimum.kept(recipe) is None:
            record = flattened.minimum.so_far(recipe)
            if record is None:
                return _("Training {name}").format(name=names(setting)[run])
            return _("Training {name}: epoch {epoch} of {epochs}, loss {loss}").format(
                name=names(setting)[run],
                epoch=number(float(f"{record.epoch:.3g}")),
                epochs=recipe.epochs,
                loss=number(record.values["loss"]),
            )
    return _("Measuring slices and curvature")


class Row(NamedTuple):
    """What is known of one of the four."""

    minimum: Minimum
    bend: Bend

    @property
    def error(self) -> float:
        """The share of held-out errors; in regression the held-out loss."""
        values = self.minimum.values
        return 1.0 - values["held_out_accuracy"] if "accuracy" in values else values["held_out_loss"]

    def said(self) -> str:
        """The error in words."""
        if "accuracy" in self.minimum.values:
            return f"{percent(self.error)} %"
        return short(self.error)


def known(choice: Comparison) -> dict[Run, Row]:
    """Those of the four whose curvature is measured and finite."""
    found = {}
    for run in RUNS:
        ended, bent = choice.found(run), flattened.bend.kept(choice.place(run))
        if ended is not None and bent is not None and bent.largest == bent.largest:
            found[run] = Row(ended, bent)
    return found


def headline(choice: Comparison) -> str:
    """Small against large batches, without weight decay."""
    rows = known(choice)
    if not {"small", "large"} <= set(rows):
        return _("**One network, one start, four trainings:** which minimum is sharp, which is flat?")
    small, large = rows["small"], rows["large"]
    said = _(
        "**λₘₐₓ is {small} with the small batch and {large} with the large one**; held out: {first} and "
        "{second} {errors}."
    )
    return said.format(
        small=short(small.bend.largest),
        large=short(large.bend.largest),
        first=small.said(),
        second=large.said(),
        errors=_error(choice),
    )


def _error(choice: Comparison) -> str:
    return _("errors") if _classifies(choice) else _("loss")


def _classifies(choice: Comparison) -> bool:
    return "accuracy" in flattened.risk(choice.setting.recipe("small")).measures


def table(choice: Comparison) -> str:
    """All four in numbers, as a Markdown table; "…" stands for what is not known yet."""
    head = [
        "",
        _("steps"),
        "λₘₐₓ",
        "λₘᵢₙ",
        "tr H",
        "‖w‖",
        _("training loss"),
        _("held-out loss"),
    ]
    if _classifies(choice):
        head.append(_("held-out errors"))
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for run, name in names(choice.setting).items():
        cells = _cells(choice, run, _classifies(choice))
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return "\n".join(lines)


def _cells(choice: Comparison, run: Run, classifies: bool) -> list[str]:
    found, bent = choice.found(run), flattened.bend.kept(choice.place(run))
    if found is None:
        return ["…"] * (8 if classifies else 7)
    if found.diverged:
        return [f"{found.steps:,}", _("diverged"), *["–"] * (6 if classifies else 5)]
    curvature = ["…"] * 3
    if bent is not None:
        above, below = ("", "") if bent.converged else ("≥ ", "≤ ")
        curvature = [
            above + short(bent.largest),
            below + short(bent.smallest),
            f"{short(bent.trace)} ± {number(float(f'{bent.error:.2g}'))}",
        ]
    values = found.values
    cells = [
        f"{found.steps:,}",
        *curvature,
        short(flattened.norm(flattened.params(choice.place(run)))),
        short(values["loss"]),
        short(values["held_out_loss"]),
    ]
    return [*cells, f"{percent(1.0 - values['held_out_accuracy'])} %"] if classifies else cells


def told(choice: Comparison) -> list[str]:
    """The budget, the weight decay, and how far flat minima generalize here."""
    rows = known(choice)
    lines = []
    if {"small", "large"} <= set(rows):
        lines.append(_budget(choice.setting, rows))
    if {"small", "small-decay"} <= set(rows) and choice.setting.decay > 0:
        lines.append(_decay(choice, rows))
    if len(rows) == len(RUNS):
        lines.append(_claim(choice, rows))
        lines += _picture(choice, rows)
    if choice.factor != 1.0:
        lines.append(
            _(
                "**The first layer is multiplied by α = {factor} and the next divided by it:** every output, "
                "every loss is the same, and only the curvature and the lengths are not. Filter-normalized "
                "slices do not change."
            ).format(factor=number(choice.factor))
        )
    return lines


def _budget(setting: Setting, rows: Mapping[Run, Row]) -> str:
    small, large = rows["small"].minimum, rows["large"].minimum
    first, second = small.values["loss"], large.values["loss"]
    if setting.budget == "steps":
        said = _(
            "**As many steps:** {first} and {second}; the large batch went through the examples "
            "{epochs} times."
        )
        if setting.recipe("large").epochs == flattened.MOST_EPOCHS:
            said = _(
                "**No more than {epochs} epochs:** {first} steps with the small batch, {second} with the "
                "large one."
            )
        return said.format(
            first=f"{small.steps:,}", second=f"{large.steps:,}", epochs=f"{setting.recipe('large').epochs:,}"
        )
    said = _("**As many epochs:** {first} steps with the small batch, {second} with the large one.")
    if second > UNEQUAL * first:
        said += " " + _(
            "The large batch is not trained as far (training loss {loss} against {other}): give all as many "
            "steps before the batch is blamed."
        )
    return said.format(
        first=f"{small.steps:,}", second=f"{large.steps:,}", loss=short(second), other=short(first)
    )


def _decay(choice: Comparison, rows: Mapping[Run, Row]) -> str:
    without, with_it = rows["small"], rows["small-decay"]
    place, other = choice.place("small"), choice.place("small-decay")
    said = _(
        "**Weight decay** (small batch): ‖w‖ {norm} → {less}, λₘₐₓ {sharp} → {sharper}, held-out {errors} "
        "{error} → {after}."
    ).format(
        norm=short(flattened.norm(flattened.params(place))),
        less=short(flattened.norm(flattened.params(other))),
        sharp=short(without.bend.largest),
        sharper=short(with_it.bend.largest),
        errors=_error(choice),
        error=without.said(),
        after=with_it.said(),
    )
    sharper = with_it.bend.largest > without.bend.largest
    if sharper and with_it.error < without.error:
        said += " " + _("The sharper minimum generalizes better.")
    elif not sharper and with_it.error > without.error:
        said += " " + _("The flatter minimum generalizes worse.")
    return said


def _claim(choice: Comparison, rows: Mapping[Run, Row]) -> str:
    sharp = [row.bend.largest for row in rows.values()]
    errors = pairs(sharp, [row.error for row in rows.values()])
    losses = pairs(sharp, [row.minimum.values["loss"] for row in rows.values()])
    said = _(
        "**Do flat minima generalize?** In {count} of {total} pairs the sharper one has the larger "
        "held-out {errors}"
    )
    if errors.even:
        said += _(", {even} are even")
    said += _(
        "; in {losses} of {total} it has the higher training loss. Four trainings prove nothing: without any "
        "connection all six agree once in 24 times."
    )
    return said.format(
        count=errors.agreeing,
        total=errors.total,
        errors=_("error") if _classifies(choice) else _("loss"),
        even=errors.even,
        losses=losses.agreeing,
    )


def _picture(choice: Comparison, rows: Mapping[Run, Row]) -> list[str]:
    """Whether the slices rise more where λmax is larger."""
    lines = [flattened.curves.kept(choice.slice(run)) for run in rows]
    known = [line.training.values for line in lines if line is not None]
    if len(known) < len(rows) or not all(np.isfinite(values).all() for values in known):
        return []
    rises = [float((values[0] + values[-1]) / 2 - values[values.size // 2]) for values in known]
    agreeing = pairs([row.bend.largest for row in rows.values()], rises).agreeing
    return [
        _(
            "**And the picture?** From the middle to the ends the slices rise by {rises} on average: more "
            "for the sharper one in {count} of {total} pairs."
        ).format(rises=", ".join(map(short, rises)), count=agreeing, total=len(rises) * (len(rises) - 1) // 2)
    ]


def measured(choice: Comparison) -> list[str]:
    """On what the numbers were measured."""
    lines = [
        _(
            "Slices, λ and tr H (Hutchinson, {samples} samples, ± standard error) are of the training loss "
            "without the penalty, which alone would add twice the weight decay to the curvature along each "
            "weight. The density is stochastic Lanczos’s: {probes} random vectors, {steps} products "
            "each, smoothed."
        ).format(samples=flattened.SAMPLES, probes=flattened.PROBES, steps=flattened.STEPS)
    ]
    if not choice.filters:
        length = flattened.first_norm(choice.setting.recipe("small"))
        lines.append(
            _(
                "Without filter normalization all four go the same way, t = 1 being ‖w₀‖ = {length}, the "
                "length of the first weights: a step that is large beside small weights."
            ).format(length=number(length))
        )
    if any(not row.bend.converged for row in known(choice).values()):
        lines.append(
            _("≥ and ≤: Lanczos’s method was ended after {count} products.").format(
                count=flattened.products(flattened.risk(choice.setting.recipe("small")))
            )
        )
    return lines
