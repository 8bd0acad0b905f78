"""What a reader can choose as a landscape: a function, the loss of a small model on data, a loss on its
own small task, or a formula of the reader's own.

A choice is plain, hashable data: it names a landscape in caches and in links.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from landscape import DATASETS, FUNCTIONS, LOSSES, MODELS, Dataset, Loss, Model, Objective, l2, loss_landscape
from landscape.risk import fitting_losses, num_outputs, on_two_parameters, params_at, supervised
from landscape.studio import formulated
from landscape.studio.formulated import FormulaChoice
from landscape.studio.shared import shared
from landscape.studio.texts import N_, _
from landscape.tasks import task_of

MAX_FEATURES = 10
"""How many features a model on these pages may have; with `CLASSES`, no more than 33 parameters."""

CLASSES = {"digits": ("0", "1", "2")}
"""Of a table with many classes, the ones on these pages.

Two parameters of three classes can be told apart by eye, two of ten cannot; and a picture of ten
classes would take ten times as long, since it asks for every example's classes at every grid point.
"""

FIRST_FEATURES = {
    "diabetes": ("s1", "s2"),
    "breast-cancer": ("mean radius", "mean concave points"),
    "iris": ("petal length (cm)", "petal width (cm)"),
    "wine": ("alcohol", "flavanoids"),
    "digits": ("pixel_3_4", "pixel_4_2"),
}
"""Where a table has more features than two: the two to begin with."""

FIRST_MODELS = {"thrown-stone": "polynomial", "spreading-line": "gaussian", "counts": "poisson"}
"""The models that some datasets are made for."""

MEASURED = ("diabetes", "breast-cancer", "iris", "wine", "digits")
"""Tables in units of their own, brought to mean 0 and variance 1 unless the reader asks for the units."""


Numbers = tuple[tuple[str, float], ...]
"""Numbers by name, hashable."""


@dataclass(frozen=True)
class FunctionChoice:
    """An analytic function, by its name."""

    function: str


@dataclass(frozen=True)
class DataChoice:
    """The loss of a model on a dataset, over two of the model's parameters.

    Args:
        dataset: A name of `DATASETS`.
        features: The features that the model sees.
        model: A name of `MODELS`.
        loss: A name of `LOSSES`.
        axes: Two names out of `coordinates`.
        raw: Whether a measured table keeps its units.
        penalty: Strength of an L2 penalty on the weights.
        numbers: The numbers inside the loss; those left out are the defaults.
    """

    dataset: str
    features: tuple[str, ...]
    model: str
    loss: str
    axes: tuple[str, str]
    raw: bool = False
    penalty: float = 0.0
    numbers: Numbers = ()


@dataclass(frozen=True)
class LossChoice:
    """A loss on its task.

    Args:
        loss: A name of `LOSSES`.
        numbers: The numbers inside the loss; those left out are the defaults.
    """

    loss: str
    numbers: Numbers = ()


Choice = FunctionChoice | DataChoice | LossChoice | FormulaChoice


def names() -> list[str]:
    """The reader's own, functions, datasets, losses: their names share one parameter of the link."""
    return [formulated.NAME, *FUNCTIONS, *DATASETS, *LOSSES]


def title(name: str) -> str:
    """The English title of what has this name, to be translated."""
    if name == formulated.NAME:
        return N_("Your own formula")
    if name in FUNCTIONS:
        return FUNCTIONS[name].title
    return LOSSES[name].title if name in LOSSES else DATASETS.recipes[name].title


def is_cheap(choice: Choice) -> bool:
    """Whether a step costs a few operations, not as many as there are examples."""
    return isinstance(choice, FunctionChoice | FormulaChoice)


def name_of(choice: Choice) -> str:
    """What a choice is called in the link."""
    if isinstance(choice, FunctionChoice):
        return choice.function
    if isinstance(choice, FormulaChoice):
        return formulated.NAME
    return choice.dataset if isinstance(choice, DataChoice) else choice.loss


def loss_of(choice: DataChoice | LossChoice) -> Loss:
    """The loss with its numbers."""
    return LOSSES[choice.loss].replace(**dict(choice.numbers))


@shared(maxsize=len(CLASSES))
def few_classes(name: str) -> Dataset:
    """The examples of a table that belong to its `CLASSES`."""
    return DATASETS[name].select_classes(*CLASSES[name])


def table(name: str) -> Dataset:
    """All examples and features of a dataset that these pages show."""
    return few_classes(name) if name in CLASSES else DATASETS[name]


def models_for(dataset: str) -> list[str]:
    """The models that fit a dataset, the ones made for it first: those of which two parameters say much."""
    fitting = [name for name, model in MODELS.items() if model.affine and losses_for(dataset, name)]
    return sorted(fitting, key=lambda name: name != FIRST_MODELS.get(dataset))


@shared(maxsize=64)
def losses_for(dataset: str, model: str) -> tuple[str, ...]:
    """The losses that fit a model on a dataset, the natural one first."""
    return tuple(loss.name for loss in fitting_losses(MODELS[model], _some_features(dataset, model)))


def _some_features(dataset: str, model: str) -> Dataset:
    """A dataset with as many features as a model takes."""
    data, most = table(dataset), MODELS[model].num_features
    few = most is not None and most < data.num_features
    return data.select(*data.feature_names[:most]) if few else data


def first_features(dataset: str, model: str) -> tuple[str, ...]:
    """The features to begin with."""
    names = FIRST_FEATURES.get(dataset, DATASETS[dataset].feature_names[:2])
    return names[: MODELS[model].num_features or 2]


def coordinates(dataset: str, features: tuple[str, ...], model: str) -> dict[str, tuple[Any, ...]]:
    """The single numbers of a model: name in the link → the keys that lead to it in the parameters."""
    kind = MODELS[model]
    found: dict[str, tuple[Any, ...]] = {}
    shapes = kind.zeros(len(features), num_outputs(kind, table(dataset)))
    for name in sorted(shapes, key=lambda name: name == "bias"):
        for index in np.ndindex(np.shape(shapes[name])):
            short = {"weights": "w", "bias": "b"}.get(name, name)
            numbers = [str(i + 1) for i in index]
            found[short + "-".join(numbers)] = (name, *index)
    return found


def axis_title(name: str, choice: DataChoice) -> str:
    """What stands at the axis of a parameter: its symbol, with the feature and the class it belongs to."""
    key, *index = coordinates(choice.dataset, choice.features, choice.model)[name]
    if key not in ("weights", "bias"):
        return str(key)
    belongs = [choice.features[index[0]]] if key == "weights" else []
    if len(index) > len(belongs):
        data, outputs = table(choice.dataset), MODELS[choice.model].output_names
        belongs.append((outputs or data.class_names or data.target_names)[index[-1]])
    symbol = "w" if key == "weights" else "b"
    return f"{symbol} ({', '.join(belongs)})" if belongs else symbol


def axis_titles(choice: Choice) -> tuple[str, str]:
    """What stands at both axes."""
    if isinstance(choice, FunctionChoice):
        return "x", "y"
    if isinstance(choice, LossChoice):
        first, second = task_of(LOSSES[choice.loss]).axes
        return _(first), _(second)
    if isinstance(choice, FormulaChoice):
        return choice.parameters
    return axis_title(choice.axes[0], choice), axis_title(choice.axes[1], choice)


@shared(maxsize=32)
def dataset(name: str, features: tuple[str, ...], raw: bool) -> Dataset:
    """The table that a model of these pages is fitted to."""
    data = table(name).select(*features)
    return data.standardize() if name in MEASURED and not raw else data


@shared(maxsize=32)
def risk(choice: DataChoice) -> Objective:
    """The loss of a model on data over two of its parameters, the others at their optimum."""
    return made(choice)


def made(choice: DataChoice) -> Objective:
    """The same, made anew."""
    where = coordinates(choice.dataset, choice.features, choice.model)
    return on_two_parameters(
        MODELS[choice.model],
        dataset(choice.dataset, choice.features, choice.raw),
        loss_of(choice),
        where[choice.axes[0]],
        where[choice.axes[1]],
        l2(choice.penalty) if choice.penalty else None,
    )


def objective(choice: Choice) -> Objective:
    """The landscape itself: an objective of two parameters with a domain."""
    if isinstance(choice, FunctionChoice):
        return FUNCTIONS[choice.function]
    if isinstance(choice, FormulaChoice):
        return formulated.solved(choice).objective
    return risk(choice) if isinstance(choice, DataChoice) else on_task(choice)


@shared(maxsize=32)
def on_task(choice: LossChoice) -> Objective:
    """The landscape of a loss on its task."""
    return loss_landscape(loss_of(choice))


def minimizers(objective: Objective) -> np.ndarray:
    """The known minimizers, (k, 2); none where the loss has none or they are not known."""
    return (
        np.zeros((0, 2)) if objective.minimizers is None else np.asarray(objective.minimizers).reshape(-1, 2)
    )


def formulas(choice: Choice) -> list[str]:
    """LaTeX of the loss; where there is a model, of it and of the number of examples."""
    if isinstance(choice, FunctionChoice):
        return [FUNCTIONS[choice.function].formula]
    if isinstance(choice, FormulaChoice):
        return [objective(choice).formula, *formulated.values(choice)]
    if isinstance(choice, LossChoice):
        own, formula = LOSSES[choice.loss].formula, objective(choice).formula
        return [*([] if own in formula else [own]), *([formula] if formula else [])]
    model: Model = MODELS[choice.model]
    loss = supervised(LOSSES[choice.loss])
    logits = r"W^\top x + b" if model.output_unit == "softmax" else r"w^\top x + b"
    named = rf",\quad z = {logits}" if loss.takes == "logits" else ""
    total = loss.formula if loss.whole else r"\frac1n \sum_i " + loss.summand
    count = rf"n = {table(choice.dataset).num_examples}"
    if choice.dataset in CLASSES:
        count += rf",\quad t \in \{{{', '.join(CLASSES[choice.dataset])}\}}"
    penalty = rf" + {choice.penalty:g}\, \lVert w \rVert^2" if choice.penalty else ""
    return [f"{total}{penalty}", rf"y = {model.formula}{named}", count]


def prediction(choice: DataChoice, point: Any, inputs: np.ndarray) -> np.ndarray:
    """What the model says of inputs (n, d) with the parameters of a point of the landscape."""
    return np.asarray(MODELS[choice.model].predict(params_at(risk(choice), point), inputs))
