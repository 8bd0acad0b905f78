"""What is said of a slice: how far it can be trusted, the number that matters first."""

from collections.abc import Callable

import jax
import numpy as np

from landscape import MODELS, OPTIMIZERS, Plane
from landscape.fidelity import Cosines, Fidelity, PlaneCurvature, spread
from landscape.figures.heights import number
from landscape.studio import landscapes, sliced, trained
from landscape.studio.sliced import Along, Cut
from landscape.studio.texts import _
from landscape.studio.trained import Recipe
from landscape.surfaces import Surface
from landscape.training import Training

TRUE = 0.01
"""A surface is true to a path where they differ by less than this share of the path's own heights."""

HIDDEN = 0.5
"""The steepest way is not in a picture whose largest curvature is below this share of the whole one."""


def titles() -> dict[str, str]:
    """The heights in the reader's language."""
    return {
        "loss": _("loss"),
        "accuracy": _("accuracy"),
        "held_out_loss": _("held-out loss"),
        "held_out_accuracy": _("held-out accuracy"),
        sliced.SHARPNESS: _("sharpness λₘₐₓ"),
    }


def axes(cut: Cut) -> tuple[str, str]:
    """What the axes of a slice are."""
    return {
        "principal": (_("1st principal"), _("2nd principal")),
        "random": (_("random u"), _("random v")),
        "hessian": (_("eigenvector of λ₁"), _("eigenvector of λ₂")),
        "gradient": (_("−gradient"), _("H · gradient, across") if cut.upload else _("last update, across")),
    }[cut.kind]


def headline(found: Fidelity) -> str:
    """How much of the path and of the gradient lies in the plane."""
    movement, share = found.explained_variance, float(found.gradient_shares[-1])
    if not np.isfinite(movement):
        return _("**The path does not move.**")
    if not np.isfinite(share):
        return _(
            "**The plane holds {movement} % of the path’s movement**; at its end there is no gradient."
        ).format(movement=percent(movement))
    return _(
        "**The plane holds {movement} % of the path’s movement, and {share} % of the gradient at its end.**"
    ).format(movement=percent(movement), share=percent(share))


def along(found: Fidelity, heights: Along, when: Callable[[int], str], name: str) -> list[str]:
    """Where the surface is wrong about a path, and how far the path runs off the plane.

    Args:
        found: How far the slice can be trusted.
        heights: Of the path, and of the surface below it.
        when: Says when a row of the path was reached.
        name: What the heights are, in the reader's language.
    """
    said = []
    gaps = np.abs(heights.true - heights.ground)
    if np.isfinite(gaps).any():
        row = int(np.nanargmax(np.where(np.isfinite(gaps), gaps, np.nan)))
        known = heights.true[np.isfinite(heights.true)]
        if gaps[row] <= TRUE * np.ptp(known):
            said.append(
                _("Under the path the surface is true to within {gap}.").format(gap=number(float(gaps[row])))
            )
        else:
            said.append(
                _(
                    "Where the surface is most wrong, {when}, the true {height} is **{true}**, "
                    "and the surface below shows **{ground}**."
                ).format(
                    when=when(row),
                    height=name,
                    true=number(float(heights.true[row])),
                    ground=number(float(heights.ground[row])),
                )
            )
    row = int(np.nanargmax(found.distances)) if np.isfinite(found.distances).any() else 0
    said.append(
        _(
            "The path runs up to {distance} off the plane; there that is {share} % of its distance from "
            "the end."
        ).format(
            distance=number(float(found.distances[row])), share=percent(float(found.relative_distances[row]))
        )
    )
    if found.num_nonfinite:
        said.append(_("{count} of its heights are not finite.").format(count=found.num_nonfinite))
    return said


def curved(found: PlaneCurvature, count: int) -> list[str]:
    """How the slice is curved in its middle, beside what the whole space is."""
    said = [
        _(
            "Curvature in the middle: from {low} to {high} in the plane, from {least} to {most} over all "
            "{count} directions (by Lanczos, {products} Hessian-vector products)."
        ).format(
            low=number(found.smallest_in_plane),
            high=number(found.largest_in_plane),
            least=number(found.smallest),
            most=number(found.largest),
            count=f"{count:,}",
            products=found.num_products,
        )
    ]
    if not found.converged:
        said.append(_("Lanczos has not converged: the true ends lie further out."))
    if found.largest_in_plane < HIDDEN * found.largest:
        said.append(_("The steepest walls are not in this picture."))
    if found.smallest < -TRUE * abs(found.largest) and found.smallest_in_plane > HIDDEN * found.smallest:
        said.append(_("There are ways down that it does not show."))
    return said


def crossed(plane: Plane, angles: Cosines) -> str:
    """How nearly at right angles random directions are."""
    u, v = (
        np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(each)]).astype(float)
        for each in (plane.u, plane.v)
    )
    cosine = float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))
    return _(
        "The cosine between u and v is {cosine}; between all {count} directions of five seeds it is "
        "{size} in root mean square, and 1/√n = {expected}."
    ).format(
        cosine=number(cosine),
        count=2 * sliced.FAMILY,
        size=number(angles.size),
        expected=number(angles.expected),
    )


def scattered(surfaces: list[Surface], name: str) -> str:
    """How much slices of other seeds differ."""
    found = spread(surfaces)
    usual = _usual(found.deviation)
    heights = found.mean[np.isfinite(found.mean)]
    reach = float(np.ptp(heights)) if heights.size else float("nan")
    return _(
        "**Five seeds:** the {height} at one place differs by {usual} between them (median of the standard "
        "deviation), {share} % of what the mean slice rises."
    ).format(height=name, usual=number(usual), share=percent(usual / reach if reach > 0 else float("nan")))


def _usual(deviation: np.ndarray) -> float:
    known = deviation[np.isfinite(deviation)]
    return float(np.median(known)) if known.size else float("nan")


def trained_as(recipe: Recipe, training: Training | None) -> str:
    """The network, and how its training went, in one line."""
    choice = recipe.network
    risk = trained.risk(choice, recipe.penalty)
    said = _("{data}: {network}, {depth} × {width} {activation}, {count} parameters.").format(
        data=_(landscapes.title(choice.dataset)),
        network=_(MODELS[choice.model].title),
        depth=choice.depth,
        width=choice.width,
        activation=choice.activation,
        count=f"{risk.num_parameters:,}",
    )
    if training is None:
        return said
    rate = dict(recipe.numbers).get("learning_rate")
    said += " " + _("{optimizer}, {epochs} epochs: loss {loss}").format(
        optimizer=_(OPTIMIZERS[recipe.optimizer].title) + (f" (η = {number(rate)})" if rate else ""),
        epochs=training.num_epochs,
        loss=number(float(training.losses[-1])),
    )
    for name in ("accuracy", "held_out_accuracy", "held_out_loss"):
        if name in training.records and (name != "held_out_loss" or "accuracy" not in training.records):
            value = float(training.records[name][-1])
            said += f", {titles()[name]} " + (
                f"{percent(value)} %" if name.endswith("accuracy") else number(value)
            )
    return said + "."


def when(training: Training, row: int) -> str:
    """When a checkpoint was reached, in words."""
    if row == 0:
        return _("at the start")
    return _("after {epoch} epochs").format(epoch=epochs(training, row))


def epochs(training: Training, row: int) -> str:
    """When a checkpoint was reached, in epochs."""
    return number(float(f"{training.steps[row] / training.steps_per_epoch:.3g}"))


def percent(share: float) -> str:
    """A share in per cent, shortly: two digits that count, but 99.96 is not said to be 100.

    Example:
        >>> percent(0.94321), percent(0.0123), percent(0.99996), percent(1.0)
        ('94', '1.2', '99.996', '100')
    """
    value = 100 * share
    if not np.isfinite(value):
        return number(value)
    near = 100 - value
    if 1e-3 <= near < 1:
        return f"{value:.{int(np.ceil(-np.log10(near)))}f}"
    return number(float(f"{value:.2g}")) if near >= 1 else "100"
