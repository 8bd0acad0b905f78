"""What is said of a training: what it has reached, whether it fits too closely, what its picture holds."""

import numpy as np

from landscape import MODELS, OPTIMIZERS
from landscape.figures.heights import number
from landscape.studio import landscapes, sliced, trained
from landscape.studio.sliced import Cut
from landscape.studio.studies.networks.slice_words import percent
from landscape.studio.studies.networks.train_pictures import Curves
from landscape.studio.texts import _
from landscape.studio.trained import Recipe

ROSE, EARLY = 0.1, 0.9
"""The held-out loss has risen again where it ends by more than this share above its least value, and that
was before this share of the training: anything less may be the noise of the last steps."""


def planned(recipe: Recipe) -> str:
    """What Train does: the network, its examples and its steps."""
    network = recipe.network
    training, held_out = trained.parts(network.dataset, network.split)
    said = _(
        "{network}, {depth} × {width} {activation}: **{count} parameters** learn {data} from {examples} "
        "examples in {steps} steps; {held_out} examples are held out."
    )
    return said.format(
        network=_(MODELS[network.model].title),
        depth=network.depth,
        width=network.width,
        activation=network.activation,
        count=f"{trained.risk(network, recipe.penalty).num_parameters:,}",
        data=_(landscapes.title(network.dataset)),
        examples=f"{training.num_examples:,}",
        steps=f"{trained.num_steps(recipe):,}",
        held_out=f"{held_out.num_examples:,}",
    )


def named(recipe: Recipe) -> str:
    """A training in a few words, to tell it from another."""
    network, rate = recipe.network, dict(recipe.numbers).get("learning_rate")
    return _("{network} {depth} × {width}, {optimizer}{rate}, {epochs} epochs, seed {seed}").format(
        network=_(MODELS[network.model].title),
        depth=network.depth,
        width=network.width,
        optimizer=_(OPTIMIZERS[recipe.optimizer].title),
        rate="" if rate is None else f" η = {number(rate)}",
        epochs=recipe.epochs,
        seed=network.seed,
    )


def so_far(recipe: Recipe, known: Curves) -> str:
    """How far a training is, and what it has reached."""
    return _("Epoch {epoch} of {epochs}, loss {loss}").format(
        epoch=shortly(known.epochs[-1]), epochs=recipe.epochs, loss=number(float(known.records["loss"][-1]))
    )


def reached(recipe: Recipe, known: Curves) -> str:
    """What the training has reached, in one line."""
    diverged = known.diverged_at
    if diverged is not None:
        return _(
            "**The training diverged by epoch {epoch}:** the loss is no finite number any more. A smaller "
            "learning rate η may help."
        ).format(epoch=shortly(diverged))
    last = {name: float(values[-1]) for name, values in known.records.items()}
    numbers = {
        "loss": number(last["loss"]),
        "held_out": number(last["held_out_loss"]),
        "epochs": recipe.epochs,
    }
    if "accuracy" not in last:
        return _("**Loss {loss}, held out {held_out}**, after {epochs} epochs.").format(**numbers)
    return _(
        "**Loss {loss}, held out {held_out}**; **accuracy {right} %, held out {held_right} %**, after "
        "{epochs} epochs."
    ).format(right=percent(last["accuracy"]), held_right=percent(last["held_out_accuracy"]), **numbers)


def told(recipe: Recipe, known: Curves, cut: Cut | None) -> list[str]:
    """Whether the network fits too closely, what the picture holds of the path, and what was trained."""
    said = [] if known.diverged_at is not None else [least(known)]
    if recipe.penalty > 0:
        said.append(_("The training loss holds the penalty, the held-out loss does not."))
    if cut is not None:
        said.append(seen(cut))
    else:
        said.append(_("Its path has no plane, so there is no landscape to draw."))
    return [*filter(None, said), planned(recipe)]


def least(known: Curves) -> str:
    """Where the held-out loss was least, and whether it has risen again."""
    held_out = known.records["held_out_loss"]
    best = int(np.nanargmin(np.where(np.isfinite(held_out), held_out, np.nan)))
    low, last = float(held_out[best]), float(held_out[-1])
    if best == 0:
        return _("The held-out loss was least at the start: what was learned does not carry over.")
    if best == len(held_out) - 1:
        return _("The held-out loss is least at the end: more epochs may lower it further.")
    numbers = {"least": number(low), "epoch": shortly(known.epochs[best]), "last": number(last)}
    if last <= (1 + ROSE) * low or known.epochs[best] > EARLY * known.epochs[-1]:
        return _(
            "The held-out loss was least, {least}, after {epoch} epochs, and has hardly changed since."
        ).format(**numbers)
    return _(
        "The held-out loss was least, {least}, after {epoch} epochs and has risen to {last} since: the "
        "network **overfits**, it fits its training examples ever closer and others worse."
    ).format(**numbers)


def seen(cut: Cut) -> str:
    """How much of the path the plane holds."""
    found = sliced.projection(cut)
    if not np.isfinite(found.explained_variance):
        return ""
    distances = found.distances[np.isfinite(found.distances)]
    return _(
        "The plane holds **{share} % of the path’s movement**: the path runs up to {distance} off it, {way} "
        "from start to end, and lines drop from its true height to the surface. How far can the picture be "
        "trusted? **Slice** measures it."
    ).format(
        share=percent(found.explained_variance),
        distance=number(float(distances.max())),
        way=number(float(np.hypot(*(found.coordinates[0] - found.coordinates[-1])))),
    )


def shortly(epoch: float) -> str:
    """An epoch with three digits.

    Example:
        >>> shortly(20.0), shortly(3.6496)
        ('20', '3.65')
    """
    return number(float(f"{epoch:.3g}"))
