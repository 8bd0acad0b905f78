"""What is said of solutions and of what lies between them, the number that matters first."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from landscape.figures.heights import number, power_of_ten
from landscape.studio import joined, trained
from landscape.studio.joined import Family
from landscape.studio.studies.networks import slice_words, train_words
from landscape.studio.studies.networks.slice_words import percent
from landscape.studio.texts import _
from landscape.studio.trained import Recipe

WORSE = 0.05
"""The mean of two networks is worse than they are where its accuracy is lower by more than this."""

NAMES = ("θ₁", "θ₂", "θ₃")

FLAT = 0.02
"""A barrier is none to speak of where it is below this share of the loss of the network at its start."""


def titles() -> dict[str, str]:
    """The heights in the reader's language."""
    return slice_words.titles()


def seconds() -> dict[str, str]:
    """What the other solution is."""
    return {
        "start": _("Another start"),
        "order": _("Same start, other order"),
        "shuffled": _("Its own units, shuffled"),
    }


def refusal(reason: str) -> str:
    """Why there are no two solutions."""
    return {
        "order": _("Each step sees all examples, so there is no other order. Take a batch size."),
        "epochs": _("The epochs together must be fewer than the epochs in all, or nothing parts the two."),
        "units": _("So few units have not enough orders. Take more units."),
    }[reason]


def planned(family: Family, count: int) -> str:
    """What is being made."""
    recipe = family.recipe
    trainings = {"start": count, "order": count, "shuffled": 1}[family.second]
    return _("{network}: {count} trainings of {steps} steps, then the landscape between their ends.").format(
        network=train_words.named(recipe), count=trainings, steps=f"{trained.num_steps(recipe):,}"
    )


def training_so_far(records: Sequence[Any]) -> str:
    """How far the trainings are."""
    begun = [each[-1] for each in records if each]
    if not begun:
        return _("Training")
    said = ", ".join(number(record.values["loss"]) for record in begun)
    return _("Training: loss {losses}").format(losses=said)


def _barrier(family: Family, pair: tuple[int, int], height: str) -> float:
    found = joined.line.kept(family, pair, height)
    return math.nan if found is None else joined.between(found).barrier


def barriers(families: Sequence[Family], height: str) -> np.ndarray:
    """The barrier between the first two solutions of each family, NaN where it is not known yet."""
    return np.array([_barrier(family, (0, 1), height) for family in families])


def headline(family: Family) -> str:
    """The barrier, and what it means."""
    found = joined.line.kept(family, (0, 1), "loss")
    if found is None:
        return _("The line is being followed.")
    barrier, start = joined.between(found).barrier, _start_loss(family.recipe)
    said = _("**The barrier between the two is {barrier}**").format(barrier=number(barrier))
    held_out = _barrier(family, (0, 1), "held_out_loss")
    if not math.isnan(held_out):
        said += " " + _("(held out {held_out})").format(held_out=number(held_out))
    if barrier > start:
        said += _(": higher than the untrained network’s loss, {start}.").format(start=number(start))
    elif barrier > FLAT * start:
        said += _("; the untrained network’s loss is {start}.").format(start=number(start))
    else:
        said += _(": **none to speak of**. The two lie in one valley, linearly connected.")
    return said


def _start_loss(recipe: Recipe) -> float:
    risk = trained.risk(recipe.network, recipe.penalty)
    return float(risk.loss(risk.start))


def line(family: Family) -> list[str]:
    """The ends, the middle, how far apart they are, and whether they are different functions."""
    found = joined.line.kept(family, (0, 1), "loss")
    if found is None:
        return []
    values = joined.between(found).values
    far, length = joined.distance(family, (0, 1))
    said = [
        _(
            "The loss is {first} at θ₁, {last} at θ₂ and {middle} half-way. They are {far} apart; θ₁ is "
            "{length} long."
        ).format(
            first=number(float(values[0])),
            last=number(float(values[-1])),
            middle=number(float(values[len(values) // 2])),
            far=number(far),
            length=number(length),
        )
    ]
    middle = joined.line.kept(family, (0, 1), "held_out_accuracy")
    if middle is not None:
        shares = joined.between(middle).values
        half = float(shares[len(shares) // 2])
        words = _("Held-out accuracy: {first} % and {last} % at the ends, {middle} % half-way{remark}.")
        worse = half < min(shares[0], shares[-1]) - WORSE
        said.append(
            words.format(
                first=percent(float(shares[0])),
                last=percent(float(shares[-1])),
                middle=percent(half),
                remark=_(": the mean of their weights is a worse network") if worse else "",
            )
        )
    said.append(function(family))
    return said


def function(family: Family) -> str:
    """Whether the two solutions are different functions."""
    if family.second == "shuffled":
        orders = joined.num_orders(family.recipe)
        return _(
            "**Both are the same function**: only the hidden units have changed places. There are "
            "{count} such points for each solution: distance between parameters is no difference "
            "between functions."
        ).format(count=number(float(orders)) if orders < 10**300 else power_of_ten(len(str(orders)) - 1))
    same = joined.agreement(family, (0, 1))
    if same is None:
        return ""
    return _("On {same} % of the held-out examples the two give the same answer.").format(same=percent(same))


def plane(family: Family) -> str:
    """What the plane holds."""
    third = joined.places(family)[2]
    return _(
        "**Three solutions on one plane**, true to scale: one unit is the way from θ₁ to θ₂, {far} long; "
        "θ₃ is at ({a}, {b})."
    ).format(
        far=number(joined.distance(family, (0, 1))[0]), a=number(float(third[0])), b=number(float(third[1]))
    )


def table(family: Family) -> str:
    """The barrier between each two of the three solutions."""
    answers = joined.agreement(family, (0, 1)) is not None
    head = [_("Between"), _("Distance"), _("Barrier, training"), _("Barrier, held out")]
    head += [_("Same held-out answers")] if answers else []
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for pair in joined.PAIRS:
        cells = [
            f"{NAMES[pair[0]]}, {NAMES[pair[1]]}",
            number(joined.distance(family, pair)[0]),
            number(_barrier(family, pair, "loss")),
            number(_barrier(family, pair, "held_out_loss")),
        ]
        same = joined.agreement(family, pair)
        cells += [f"{percent(same)} %"] if same is not None else []
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def apart(family: Family) -> str:
    """What the picture leaves out."""
    return _(
        "A barrier on the straight line is no wall around a solution: in the other {count} directions there "
        "may be, and often is, a curved way of low loss (Garipov et al., 2018). The picture cannot show it."
    ).format(count=f"{joined.objective(family.recipe).num_parameters - 2:,}")


def together(families: Sequence[Family]) -> str:
    """How the barrier falls with the epochs together."""
    found = barriers(families, "loss")
    known = np.flatnonzero(np.isfinite(found))
    if known.size < 2:
        return _("**Trained together, then apart.** The pairs are being trained.")
    first, last = known[0], known[-1]
    if known.size == found.size and found.max() <= FLAT * _start_loss(families[0].recipe):
        return _(
            "**There is no barrier to speak of, however early the two part** (at most {most}): from one "
            "start, this training hardly minds the order of the examples."
        ).format(most=number(float(found.max())))
    return _(
        "**The barrier is {first} where the two part after {k0} epochs, {last} where they part after {k1}.**"
    ).format(
        first=number(float(found[first])),
        last=number(float(found[last])),
        k0=families[first].together,
        k1=families[last].together,
    )


def how_together(recipe: Recipe) -> str:
    """How the pairs are trained."""
    return _(
        "Each pair shares its first k epochs; then both go on for the rest of {epochs} epochs, each with an "
        "order of the examples of its own and the optimizer begun anew. One pair for each k: no error bars. "
        "Those that part later also have less time to part."
    ).format(epochs=recipe.epochs)
