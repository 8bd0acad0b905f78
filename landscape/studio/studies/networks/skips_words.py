"""What is said of two networks, without and with skips, and of how often the famous claim holds."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from landscape.figures.heights import number
from landscape.studio import landscapes, trained
from landscape.studio.skipped import Both, Pair
from landscape.studio.studies.networks.slice_words import percent
from landscape.studio.texts import _


class Measure(NamedTuple):
    """A column of the table.

    Attributes:
        name: In the table of the download.
        title: Translated.
        values: Of the two, without skips first.
        share: Whether it is written in per cent.
        sign: 1 where less is better, −1 where more is.
    """

    name: str
    title: str
    values: tuple[float, float]
    share: bool = False
    sign: int = 1

    @property
    def better(self) -> int:
        """1 where the network with skips is better, −1 where the other is, 0 where neither is."""
        plain, residual = (self.sign * value for value in self.values)
        # A training that has diverged is worse than any other.
        plain, residual = (np.inf if np.isnan(value) else value for value in (plain, residual))
        return int(np.sign(plain - residual)) if plain != residual else 0

    def text(self) -> str:
        """Both, the better one bold."""
        factor = 100 if self.share else 1
        texts = [number(float(f"{factor * value:.3g}")) for value in self.values]
        if self.better:
            place = 1 if self.better > 0 else 0
            texts[place] = f"**{texts[place]}**"
        return "\u00a0/\u00a0".join(texts)


def measures(found: Both) -> list[Measure]:
    """All that is compared: how both have learned, and how rough the slices about their ends are."""

    def each(name: str) -> tuple[float, float]:
        return found.plain.last(name), found.residual.last(name)

    learned = [
        Measure("loss", _("Loss"), each("loss")),
        Measure("held_out_loss", _("Held-out loss"), each("held_out_loss")),
    ]
    if "accuracy" in found.plain.records:
        learned.append(
            Measure("held_out_accuracy", _("Held-out accuracy, %"), each("held_out_accuracy"), True, -1)
        )
    return [
        *learned,
        Measure("negative_share", _("λₘᵢₙ < 0, %"), _of(found, "negative_share"), True),
        Measure("ratio", _("Median of \\|λₘᵢₙ/λₘₐₓ\\|"), _of(found, "ratio")),
        Measure("num_minima", _("Local minima"), _of(found, "num_minima")),
    ]


def _of(found: Both, name: str) -> tuple[float, float]:
    return float(getattr(found.plain, name)), float(getattr(found.residual, name))


def verdict(pair: Pair, found: Both, known: Mapping[int, Both], seeds: Sequence[int]) -> str:
    """What the two have come to, and in how many seeds what is said of skips holds."""
    lines = [_one(pair, found)]
    if len(known) > 1:
        lines.append(_several(list(known.values())))
        missing = len(seeds) - len(known)
        if missing:
            lines[-1] += " " + _("{count} more to come.").format(count=missing)
    return "  \n".join(lines)


def _one(pair: Pair, found: Both) -> str:
    seed = pair.recipe.network.seed
    if found.plain.diverged is not None or found.residual.diverged is not None:
        return " ".join(
            _("**{name}: the training diverged after {epoch} epochs**, and has no end to slice.").format(
                name=name, epoch=number(float(f"{outcome.diverged:.3g}"))
            )
            for name, outcome in ((_("Without skips"), found.plain), (_("With skips"), found.residual))
            if outcome.diverged is not None
        )
    first = _(
        "**Seed {seed}: with skips the loss ends at {residual}, without at {plain}.** The slice bends down "
        "at {share} % of its points, without skips at {plain_share} %; its local minima: {count}, without "
        "skips {plain_count}."
    )
    return first.format(
        seed=seed,
        residual=number(found.residual.last("loss")),
        plain=number(found.plain.last("loss")),
        share=percent(found.residual.negative_share),
        plain_share=percent(found.plain.negative_share),
        count=number(found.residual.num_minima),
        plain_count=number(found.plain.num_minima),
    )


def _several(known: Sequence[Both]) -> str:
    """In how many seeds the three claims hold, and where they do not."""
    count = len(known)
    wins = {each.name: 0 for each in measures(known[0])}
    for found in known:
        for each in measures(found):
            wins[each.name] += each.better > 0
    judged = "held_out_accuracy" if "held_out_accuracy" in wins else "held_out_loss"
    said = _(
        "**Of {count} seeds** the network with skips trains to a lower loss in **{loss}**, does better on "
        "the held-out data in **{held_out}**, and its slice bends down at fewer points in **{smoother}**."
    ).format(count=count, loss=wins["loss"], held_out=wins[judged], smoother=wins["negative_share"])
    claims = (wins["loss"], wins[judged], wins["negative_share"])
    if all(each == count for each in claims):
        return said + " " + _("Here all of the famous claim holds.")
    if wins["negative_share"] == 0:
        return said + " " + _("Here skips do not make the slice smoother.")
    if wins["negative_share"] == count and wins["loss"] == count:
        return (
            said
            + " "
            + _("Smoother and lower in every seed, but not always better on data that it has not seen.")
        )
    return said


def table(known: Mapping[int, Both]) -> str:
    """Every seed as a Markdown table, whose last row counts; and what its cells are."""
    rows = {seed: measures(found) for seed, found in sorted(known.items())}
    titles = [each.title for each in next(iter(rows.values()))]
    lines = ["| " + " | ".join([_("Seed"), *titles]) + " |"]
    lines.append("|---" + "|--:" * len(titles) + "|")
    for seed, row in rows.items():
        lines.append("| " + " | ".join([str(seed), *(each.text() for each in row)]) + " |")
    if len(rows) > 1:
        wins = [sum(row[index].better > 0 for row in rows.values()) for index in range(len(titles))]
        counted = [_("{wins} of {count}").format(wins=each, count=len(rows)) for each in wins]
        lines.append("| " + " | ".join([_("better with skips in"), *counted]) + " |")
    note = _("Each cell: without skips / with skips, the better one bold. λₘᵢₙ < 0: the share of the points.")
    return "\n".join(lines) + "\n\n" + note


def measured(pair: Pair, found: Both) -> str:
    """What was trained, how the slices are measured, and what that leaves out."""
    network, recipe = pair.recipe.network, pair.recipe
    risk = trained.risk(pair.recipes[0].network)
    first = _(
        "{data}: {depth} × {width} {activation}, {count} parameters in both, the same first weights and "
        "batches; Adam (η = {rate}), {epochs} epochs."
    ).format(
        data=_(landscapes.title(network.dataset)),
        depth=network.depth,
        width=network.width,
        activation=network.activation,
        count=f"{risk.num_parameters:,}",
        rate=number(dict(recipe.numbers)["learning_rate"]),
        epochs=recipe.epochs,
    )
    second = _(
        "λₘᵢₙ and λₘₐₓ are the two curvatures of the slice, at {size}² points around the end, up to "
        "{reach} × the length of each filter. A finer grid may find more minima. Where the slice does not "
        "bend down, the loss may still do so in most of its {count} directions."
    ).format(size=found.plain.size, reach=number(pair.reach), count=f"{risk.num_parameters:,}")
    return f"{first}  \n{second}"
