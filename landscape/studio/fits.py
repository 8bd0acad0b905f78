"""The data beside their landscape, and what the model says of them at a point of it."""

from collections.abc import Callable

import numpy as np

from landscape import MODELS, Dataset, figures
from landscape.figures import Figure
from landscape.studio.cached import Point
from landscape.studio.landscapes import DataChoice, coordinates, dataset, prediction
from landscape.studio.shared import shared
from landscape.studio.texts import _, language

CURVE = 200
"""Places along a fitted curve."""

GRID = 60
"""Places along each side of a map of probabilities."""


def figure(choice: DataChoice, point: Point) -> Figure:
    """The data with the model at a point: a curve for one feature, a map for two, else each example.

    It is kept, one for each language; whoever changes it copies it first.
    """
    return _figure(choice, point, language())


@shared(maxsize=64)
def _figure(choice: DataChoice, point: Point, language: str) -> Figure:
    data = dataset(choice.dataset, choice.features, choice.raw)

    def says(inputs: np.ndarray) -> np.ndarray:
        return prediction(choice, point, inputs)

    if data.task == "classification":
        return _classification(choice, data, says)
    if data.num_features > 1:
        return _against_targets(choice, data, says(data.inputs))
    across = along(data.inputs[:, 0], CURVE)
    return _over_feature(choice, data, across, says(across[:, None]))


def _over_feature(choice: DataChoice, data: Dataset, across: np.ndarray, said: np.ndarray) -> Figure:
    feature, titles = data.inputs[:, 0], (data.feature_names[0], _(data.target_name))
    if MODELS[choice.model].output_unit == "gaussian":
        return figures.spread_fit(feature, data.targets, across, said[:, 0], np.sqrt(said[:, 1]), titles)
    if data.num_targets > 1:
        names = [_(name) for name in data.target_names]
        return figures.several_fits(feature, data.targets, across, said, names, titles)
    return figures.regression_fit(feature, data.targets, across, said, titles)


def _against_targets(choice: DataChoice, data: Dataset, said: np.ndarray) -> Figure:
    """Each example's prediction, or the mean of it, beside its targets."""
    if MODELS[choice.model].output_unit == "gaussian":
        said = said[:, 0]
    titles = (_(data.target_name), _("prediction"))
    return figures.predicted_against_target(said.ravel(), data.targets.ravel(), titles)


def _classification(choice: DataChoice, data: Dataset, says: Callable[[np.ndarray], np.ndarray]) -> Figure:
    chosen, classes = 1, data.class_names
    if MODELS[choice.model].output_unit == "softmax":
        # One class against the others: the class whose parameter lies across.
        chosen = int(coordinates(choice.dataset, choice.features, choice.model)[choice.axes[0]][-1])
        if len(classes) > 2:
            classes = (_("others"), classes[chosen])

    def chance(inputs: np.ndarray) -> np.ndarray:
        values = says(inputs)
        return values[:, chosen] if values.ndim == 2 else values

    labels = (data.targets == chosen).astype(int)
    words = tuple(_(name) for name in (classes if len(classes) == 2 else data.class_names[:2]))
    title = _("probability of {name}").format(name=words[1])
    if data.num_features == 1:
        across = along(data.inputs[:, 0], CURVE)
        return figures.classification_curve(
            data.inputs[:, 0], labels, across, chance(across[:, None]), (data.feature_names[0], title), words
        )
    if data.num_features == 2:
        x, y = (along(data.inputs[:, column], GRID) for column in (0, 1))
        places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        probabilities = chance(places).reshape(GRID, GRID)
        return figures.classification_fit(
            data.inputs,
            labels,
            words,
            x,
            y,
            probabilities,
            (data.feature_names[0], data.feature_names[1], title),
        )
    chances = np.clip(chance(data.inputs), 1e-15, 1 - 1e-15)
    outputs = np.log(chances / (1 - chances))
    across = along(outputs, CURVE)
    return figures.classification_curve(
        outputs, labels, across, 1 / (1 + np.exp(-across)), (_("log-odds"), title), words
    )


def along(column: np.ndarray, count: int) -> np.ndarray:
    """Places from a little before the least to a little behind the greatest value."""
    low, high = float(column.min()), float(column.max())
    margin = 0.06 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, count)
