"""What a network answers at a checkpoint of its training: the picture that suits its data."""

from typing import Literal

import numpy as np

from landscape import DATASETS, figures
from landscape.figures import Figure
from landscape.objectives import Params
from landscape.studio import fits, sliced, trained
from landscape.studio.shared import shared
from landscape.studio.texts import _, language
from landscape.studio.trained import NetworkChoice, Recipe

Kind = Literal["regions", "images", "counts", "numbers"]

GRID = 60
"""Places along each side of a map of probabilities."""

SHOWN, ACROSS = 56, 8
"""Images in a picture at most, and in a row."""


def kind(network: NetworkChoice) -> Kind:
    """What shows its answers: a map of two features, images that it reads, a table, or numbers."""
    training = trained.parts(network.dataset, network.split)[0]
    if training.task == "regression":
        return "numbers"
    if training.num_features == 2:
        return "regions"
    return "images" if network.dataset in trained.IMAGES else "counts"


def picture(
    network: NetworkChoice, recipe: Recipe | None = None, row: int = -1, *, as_counts: bool = False
) -> Figure:
    """The answers at the start, or at a checkpoint of a training.

    Args:
        network: The network and its data.
        recipe: The training; None for the network before any.
        row: The checkpoint.
        as_counts: Whether images are counted by class, not drawn.
    """
    found = kind(network)
    return _picture(network, recipe, row, "counts" if as_counts and found == "images" else found, language())


def predictions(network: NetworkChoice, params: Params, inputs: np.ndarray) -> np.ndarray:
    """What the network says: probabilities (n, k), or numbers (n,) or (n, k)."""
    model = trained.model(network)
    return np.asarray(model.predict(params, inputs.astype(model.dtype)), float)


def params_of(network: NetworkChoice, recipe: Recipe | None, row: int) -> Params:
    """The parameters before training, or at a checkpoint."""
    if recipe is None:
        return trained.risk(network).start
    return trained.params_at(sliced.path(recipe), row)


@shared(maxsize=48)
def _picture(network: NetworkChoice, recipe: Recipe | None, row: int, kind: Kind, code: str) -> Figure:
    params = params_of(network, recipe, row)
    if kind == "regions":
        return _regions(network, params)
    held_out = trained.parts(network.dataset, network.split)[1]
    said = predictions(network, params, held_out.inputs)
    if kind == "numbers":
        titles = (_("target, standardized"), _("prediction"))
        return figures.predicted_against_target(said.ravel(), held_out.targets.ravel(), titles)
    names, answers = held_out.class_names, said.argmax(axis=1)
    if kind == "counts":
        return figures.confusion_matrix(
            held_out.targets, answers, [_(name) for name in names], (_("answer"), _("truth"))
        )
    return _images(network, held_out.targets, answers, mistakes_first=recipe is not None)


def _regions(network: NetworkChoice, params: Params) -> Figure:
    training = trained.parts(network.dataset, network.split)[0]
    x, y = (fits.along(training.inputs[:, column], GRID) for column in (0, 1))
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    chances = predictions(network, params, places).reshape(GRID, GRID, -1)
    return figures.classification_fit(
        training.inputs,
        training.targets,
        [_(name) for name in training.class_names],
        x,
        y,
        chances,
        (training.feature_names[0], training.feature_names[1], _("probability")),
    )


def _images(network: NetworkChoice, labels: np.ndarray, answers: np.ndarray, mistakes_first: bool) -> Figure:
    """Held-out images as they are, not standardized; of a trained network first those that it misreads."""
    raw = DATASETS[network.dataset].split(trained.HELD_OUT, network.split)[1].inputs
    order = np.argsort(labels == answers, kind="stable") if mistakes_first else np.arange(len(labels))
    chosen = order[:SHOWN]
    side = round(raw.shape[1] ** 0.5)
    names = DATASETS[network.dataset].class_names
    return figures.read_images(
        raw[chosen].reshape(-1, side, side), labels[chosen], answers[chosen], names, ACROSS
    )
