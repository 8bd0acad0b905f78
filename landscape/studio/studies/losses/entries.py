"""Entries of the catalogue as a reader sees them: name, formula, likelihood, output unit and links."""

from collections.abc import Mapping
from urllib.parse import urlencode

from landscape import LOSSES, Loss
from landscape.losses import Family, SupervisedLoss
from landscape.studio import profiled
from landscape.studio.landscapes import Numbers
from landscape.studio.links import written
from landscape.studio.texts import KEY, N_, _, language

FAMILIES: Mapping[Family, str] = {
    "regression": N_("Numbers"),
    "classification": N_("Classes"),
    "similarity": N_("Similarity"),
    "distributions": N_("Distributions"),
    "overlap": N_("Overlap"),
    "penalties": N_("Penalties and combinations"),
}
"""What the losses of a family are about."""

UNITS: Mapping[str, str] = {
    "identity": N_("identity"),
    "sigmoid": N_("sigmoid"),
    "softmax": N_("softmax"),
    "gaussian": N_("mean and variance"),
    "exponential": N_("exponential"),
}
"""What turns a model's raw output into its value."""

NOTHING = "–"


def units(loss: Loss) -> str:
    """The output units that a loss can stand behind, the natural one first."""
    if not isinstance(loss, SupervisedLoss):
        return NOTHING
    return ", ".join(_(UNITS[unit]) for unit in loss.output_units)


def likelihood(loss: Loss) -> str:
    """What a loss is the negative logarithm of."""
    return NOTHING if loss.likelihood == "none" else _(loss.likelihood)


def formula(loss: Loss) -> str:
    """The formula, as a table can hold it: a bar would end the cell."""
    return "$" + loss.formula.replace(r"\|", r"\Vert ").replace("|", r"\vert ") + "$"


def landscape_link(name: str, numbers: Numbers = ()) -> str:
    """The link to a loss's landscape."""
    return _link("surfaces", {"landscape": name} | _chosen(name, numbers))


def curve_link(name: str, numbers: Numbers = ()) -> str:
    """The link to a loss's curve beside the usual ones; empty if it has none."""
    over = profiled.abscissa_of(name)
    if over is None:
        return ""
    beside = dict.fromkeys([*profiled.FIRST[over], name])
    link = {"topic": "curves", "over-curves": over, "losses-curves": ",".join(beside)}
    return _link("losses", link | _chosen(name, numbers))


def topic_link(topic: str) -> str:
    """The link to a topic of the page Losses."""
    return _link("losses", {"topic": topic})


def details(name: str, numbers: Numbers = ()) -> str:
    """All that is known of a loss, as Markdown."""
    loss = LOSSES[name]
    return "  \n".join(
        [
            f"**{_(loss.title)}** &emsp; ${loss.formula}$",
            f"{_(loss.use)} [{_('Its landscape')}]({landscape_link(name, numbers)})",
            f":small[:gray[{loss.reference}]]",
        ]
    )


def table(family: Family) -> str:
    """The losses of a family as a Markdown table."""
    head = [_("Loss"), _("Formula"), _("When to use it"), _("Likelihood"), _("Output unit"), ""]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name, loss in LOSSES.items():
        if loss.family == family:
            curve = curve_link(name)
            links = [f"[{_('landscape')}]({landscape_link(name)})"]
            links += [f"[{_('curve')}]({curve})"] if curve else []
            cells = [
                f"**{_(loss.title)}**",
                formula(loss),
                _(loss.use),
                likelihood(loss),
                units(loss),
                ", ".join(links),
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _chosen(name: str, numbers: Numbers) -> dict[str, str]:
    """The numbers that are not the defaults, as a link says them."""
    usual = LOSSES[name].parameters
    return {f"{key}-{name}": written(value) for key, value in numbers if value != usual[key]}


def _link(page: str, said: Mapping[str, str]) -> str:
    return f"{page}?{urlencode({**said, KEY: language()}, safe=',')}"
