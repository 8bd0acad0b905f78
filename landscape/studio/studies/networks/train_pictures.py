"""The pictures of a training: its curves, the landscape with its path, and what the network answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from landscape import figures
from landscape.figures import EpochCurve, Figure, PathStyle
from landscape.studio import answered, sliced, trained
from landscape.studio.panels import Panel, Track
from landscape.studio.studies.networks import slice_pictures, slice_words
from landscape.studio.studies.networks.slice_pictures import Picture
from landscape.studio.texts import _
from landscape.studio.trained import Recipe
from landscape.training import Record, Training

NO_PATH = ("none",)
"""Names no path: the picture has the player's clock, and curves of its own."""


@dataclass(frozen=True, eq=False)
class Curves:
    """What is known of a training, finished or not.

    Args:
        epochs: When it was measured, (records,).
        records: What was measured, by name, (records,) each.
        batch_losses: The loss of each step's mini-batch so far.
    """

    epochs: np.ndarray
    records: dict[str, np.ndarray]
    batch_losses: np.ndarray

    @classmethod
    def of(cls, training: Training) -> "Curves":
        """Those of a finished training."""
        return cls(training.epochs, training.records, training.batch_losses)

    @classmethod
    def so_far(cls, records: Sequence[Record]) -> "Curves":
        """Those of a training under way, or of none."""
        names = records[0].values if records else {}
        return cls(
            np.array([record.epoch for record in records]),
            {name: np.array([record.values[name] for record in records]) for name in names},
            np.concatenate([np.zeros(0), *(record.batch_losses for record in records)]),
        )

    @property
    def diverged_at(self) -> float | None:
        """The first epoch at which the loss is no finite number, or None."""
        lost = ~np.isfinite(self.records.get("loss", np.zeros(0)))
        return float(self.epochs[np.argmax(lost)]) if lost.any() else None


def curves(recipe: Recipe, known: Curves, played: bool) -> list[Panel]:
    """The loss and, of a classification, the accuracy; where a path is played the player draws its loss."""
    role: Any = "curve" if played else "plain"
    panels = [Panel("loss", _loss(recipe, known, played), role, _("Loss against epoch."))]
    if trained.parts(recipe.network.dataset, recipe.network.split)[0].task == "classification":
        label = _("Accuracy against epoch.")
        panels.append(Panel("accuracy", _accuracy(recipe, known), role, label, paths=NO_PATH))
    return panels


def _styles(recipe: Recipe) -> tuple[PathStyle, PathStyle]:
    """Training solid, held out dashed, both in the colour of the optimizer's path."""
    style = figures.path_style(recipe.optimizer)
    return replace(style, dash="solid"), replace(style, dash="dash")


def _loss(recipe: Recipe, known: Curves, played: bool) -> Figure:
    solid, dashed = _styles(recipe)
    length, drawn = _steps_per_epoch(recipe), []
    if known.epochs.size and recipe.batch is not None:
        steps = np.arange(known.batch_losses.size) / length
        drawn.append(EpochCurve(_("mini-batches"), steps, known.batch_losses, solid, faint=True))
    if known.epochs.size:
        drawn.append(EpochCurve(_("training"), known.epochs, known.records["loss"], solid))
        held_out = known.records["held_out_loss"]
        drawn.append(EpochCurve(_("held out"), known.epochs, held_out, dashed, least=len(held_out) > 2))
    figure = figures.epoch_curves(
        drawn,
        titles=(_("epoch"), _("loss")),
        num_epochs=recipe.epochs,
        steps_per_epoch=length,
        log=True,
        diverged=_mark(known),
    )
    if played:  # only its name is left of the curve that the player draws
        for trace in figure["data"]:
            if trace.get("name") == _("training"):
                trace |= {"x": np.array([np.nan]), "y": np.array([np.nan])}
    return figure


def _accuracy(recipe: Recipe, known: Curves) -> Figure:
    drawn = []
    if known.epochs.size:
        solid, dashed = _styles(recipe)
        drawn = [
            EpochCurve(_("training"), known.epochs, known.records["accuracy"], solid),
            EpochCurve(_("held out"), known.epochs, known.records["held_out_accuracy"], dashed),
        ]
    return figures.epoch_curves(
        drawn,
        titles=(_("epoch"), _("accuracy")),
        num_epochs=recipe.epochs,
        steps_per_epoch=_steps_per_epoch(recipe),
        share=True,
        legend=False,
        diverged=_mark(known),
    )


def _mark(known: Curves) -> tuple[float, str] | None:
    return None if known.diverged_at is None else (known.diverged_at, _("diverged"))


def _steps_per_epoch(recipe: Recipe) -> int:
    return trained.num_steps(recipe) // recipe.epochs


def landscape(picture: Picture, size: int) -> Panel:
    """The slice in which the path runs, as it leads."""
    return slice_pictures.main(picture, size)[0]


def track(picture: Picture, size: int) -> Track:
    """The training as the player plays it, with everything that was measured at its checkpoints."""
    recipe = picture.cut.recipe
    training, path = sliced.training(recipe), sliced.path(recipe)
    rows = np.searchsorted(np.round(training.epochs * training.steps_per_epoch), path.steps)
    names, shown = slice_words.titles(), slice_pictures.track(picture, size)
    measured = {names[name]: values[rows] for name, values in training.records.items() if name != "loss"}
    readout = {_("epoch"): path.steps / path.steps_per_epoch, **measured}
    readout[_("length of the gradient")] = _lengths(path, sliced.slope.kept(recipe))
    readout |= {label: values for label, values in shown.readout.items() if label not in readout}
    known = {label: values for label, values in readout.items() if np.isfinite(values).any()}
    return replace(shown, dash="solid", readout=known)


def _lengths(path: Training, last: float | None) -> np.ndarray:
    """The length of the gradient of all examples at each checkpoint, (T + 1,); NaN if not known."""
    squares = [
        np.square(leaf.astype(float)).reshape(len(leaf), -1).sum(axis=1)
        for leaf in jax.tree.leaves(path.gradients)
    ]
    return np.append(np.sqrt(np.sum(squares, axis=0)), np.nan if last is None else last)


def preview(recipe: Recipe) -> Panel:
    """The data, and what the network says of them before it has learned anything."""
    return Panel(
        "data",
        answered.picture(recipe.network),
        "plain",
        _("What the network answers before training."),
        title=_preview_title(recipe),
    )


def _preview_title(recipe: Recipe) -> str:
    return {
        "regions": _("Before training: the data, over the untrained network’s answers"),
        "images": _("Before training: held-out digits, and what the untrained network reads"),
        "counts": _("Before training: the untrained network’s answers for held-out examples"),
        "numbers": _("Before training: the untrained network’s answers for held-out examples"),
    }[answered.kind(recipe.network)]


def answers(recipe: Recipe) -> list[Panel]:
    """What the network answers, from before the training to its end."""
    network, path = recipe.network, sliced.path(recipe)
    found = answered.kind(network)
    last = len(path.losses) - 1
    if found == "images":
        return [
            _answers("images", answered.picture(network, recipe, last), _("Held out, misread ones first")),
            _answers(
                "counts",
                answered.picture(network, recipe, last, as_counts=True),
                _("Held-out digits, counted"),
            ),
        ]
    rows = [0, last]
    if found == "regions" and last > 1:
        # In between where the loss, on a logarithmic scale, is half-way.
        losses = np.log(np.maximum(path.losses, 1e-12))
        half = int(np.argmin(np.abs(losses - (losses[0] + losses[-1]) / 2)))
        rows.append(half)
    return [
        _answers(f"answers-{row}", answered.picture(network, recipe, row), _at(path, row))
        for row in sorted({*rows})
    ]


def _at(path: Training, row: int) -> str:
    if row == 0:
        return _("Before training")
    return _("After {epoch} epochs").format(epoch=slice_words.epochs(path, row))


def _answers(name: str, figure: Figure, title: str) -> Panel:
    return Panel(name, figure, "plain", title + ".", title=title)
