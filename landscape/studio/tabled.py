"""A reader's own table with a model of it: read, described and kept in the reader's session alone.

Nothing here is shared between readers: what follows from a table is kept in a `Memory`, which lives in the
session's state. Compiled programs are shared, for a table travels to them as an argument.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import numpy as np

from landscape import LOSSES, MODELS, Dataset, Model, Objective, empirical_risk, l1, l2, model_formula
from landscape.datasets import MissingRule, Table, TableError, Task, read_table
from landscape.formulas import free_names
from landscape.objectives import Params
from landscape.planes import Coordinate
from landscape.risk import fitting_losses, num_outputs
from landscape.studio.cached import Numbers
from landscape.studio.texts import ASSETS

MAX_BYTES = 20 * 2**20
"""What a file may hold."""

KEPT = 16
"""Results that a session keeps of its table: all that one picture needs, and a few of the one before."""

MAX_FEATURES = 10
"""How many features a model of this page may have."""

MAX_WIDTH, MAX_DEPTH = 16, 3
"""Units in a hidden layer, and hidden layers, of a network of this page."""

MANY_CLASSES = 10
"""A target of more classes than this is not told apart in a picture."""

AFFINE = ("linear", "polynomial", "logistic", "softmax")
"""Models whose parameters have names that can be said aloud."""

TYPED = "typed"
"""The name of a model that the reader types."""


@dataclass(frozen=True)
class Example:
    """A table that comes with the page, with its certified solution.

    Args:
        file: Its name in `assets/data`.
        title: English, to be translated.
        target: Its target.
        features: Its features.
        text: The model that it is made for.
        starts: The two starts of its certification.
        certified: Its certified parameters.
        deviations: Their certified standard deviations.
        residual_deviation: The certified residual standard deviation.
    """

    file: str
    title: str
    target: str
    features: tuple[str, ...]
    text: str
    starts: tuple[tuple[float, ...], tuple[float, ...]]
    certified: tuple[float, ...]
    deviations: tuple[float, ...]
    residual_deviation: float


EXAMPLES = {
    "misra1a": Example(
        "misra1a.csv",
        "Misra1a",
        "y",
        ("x",),
        "b1*(1 - exp(-b2*x))",
        ((500.0, 0.0001), (250.0, 0.0005)),
        (2.3894212918e02, 5.5015643181e-04),
        (2.7070075241e00, 7.2668688436e-06),
        1.0187876330e-01,
    ),
    "boxbod": Example(
        "boxbod.csv",
        "BoxBOD",
        "y",
        ("x",),
        "b1*(1 - exp(-b2*x))",
        ((1.0, 1.0), (100.0, 0.75)),
        (2.1380940889e02, 5.4723748542e-01),
        (1.2354515176e01, 1.0455993237e-01),
        1.7088072423e01,
    ),
    "danwood": Example(
        "danwood.csv",
        "DanWood",
        "y",
        ("x",),
        "b1*x**b2",
        ((1.0, 5.0), (0.7, 4.0)),
        (7.6886226176e-01, 3.8604055871e00),
        (1.8281973860e-02, 5.1726610913e-02),
        3.2853114039e-02,
    ),
}
"""The problems with two parameters of NIST's Statistical Reference Datasets for nonlinear regression."""


@dataclass(frozen=True)
class Reading:
    """How a file is to be read; None: as it is found to be."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    header: bool | None = None


@dataclass(frozen=True, eq=False)
class Held:
    """A file that this session holds.

    Args:
        name: Of the file.
        data: Its bytes.
        example: A name of `EXAMPLES`; empty for a file of the reader's.
    """

    name: str
    data: bytes = field(repr=False)
    example: str = ""

    @property
    def digest(self) -> str:
        """What tells it from another in this session."""
        return hashlib.blake2b(self.data, digest_size=12).hexdigest()


@dataclass(frozen=True)
class Columns:
    """What is predicted of what; a missing value is refused, its row dropped, or it becomes the mean."""

    target: str
    features: tuple[str, ...]
    missing: MissingRule = "refuse"
    standard: bool = False
    task: Task | None = None


@dataclass(frozen=True)
class Formula:
    """A model as the reader has typed it: variables by feature, and what is left are parameters."""

    text: str
    variables: tuple[str, ...]
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Setup:
    """All that a loss on the reader's table depends on, in plain words and numbers: what names results.

    Args:
        digest: Of the file.
        reading: How it is read.
        columns: What is predicted of what.
        model: A name of `MODELS`, or `TYPED`.
        formula: The typed model.
        width: Units of a network's hidden layers.
        depth: Its hidden layers.
        loss: A name of `LOSSES`.
        numbers: Those inside the loss.
        penalty: "none", "l1" or "l2".
        strength: Of the penalty.
    """

    digest: str
    reading: Reading
    columns: Columns
    model: str
    formula: Formula | None = None
    width: int = 4
    depth: int = 1
    loss: str = "mse"
    numbers: Numbers = ()
    penalty: str = "none"
    strength: float = 0.0


class Memory:
    """The last results of one session, the oldest going first; other files begin an empty one.

    Example:
        >>> memory = Memory(kept=2)
        >>> [memory.get(key, lambda: key * 10) for key in (1, 2, 3, 3)], memory.peek(1)
        ([10, 20, 30, 30], None)
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.kept = kept
        self._results: OrderedDict[Hashable, Any] = OrderedDict()

    def peek(self, key: Hashable) -> Any:
        """The result, or None."""
        if key in self._results:
            self._results.move_to_end(key)
        return self._results.get(key)

    def put(self, key: Hashable, result: Any) -> Any:
        """Keep a result."""
        self._results[key] = result
        self._results.move_to_end(key)
        while len(self._results) > self.kept:
            self._results.popitem(last=False)
        return result

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The result, made if it is not there."""
        found = self.peek(key)
        return self.put(key, make()) if found is None else found

    def __len__(self) -> int:
        return len(self._results)


def example(name: str) -> Held:
    """The file of an example."""
    given = EXAMPLES[name]
    return Held(given.file, (ASSETS / "data" / given.file).read_bytes(), name)


def table(memory: Memory, held: Held, reading: Reading) -> Table | TableError:
    """The file as it is read, or why it cannot be."""

    def make() -> Table | TableError:
        try:
            return read_table(held.data, **told(reading))
        except TableError as error:
            return error

    return memory.get(("table", held.digest, reading), make)


def told(reading: Reading) -> dict[str, Any]:
    """What the reader says of how a file is to be read, as `read_table` takes it."""
    return {name: value for name, value in vars(reading).items() if value is not None}


def dataset(memory: Memory, held: Held, reading: Reading, columns: Columns) -> Dataset | TableError:
    """The examples, or why there are none."""

    def make() -> Dataset | TableError:
        found = table(memory, held, reading)
        if isinstance(found, TableError):
            return found
        try:
            data = found.dataset(
                columns.target, list(columns.features), missing=columns.missing, task=columns.task
            )
        except TableError as error:
            return error
        return data.standardize() if columns.standard else data

    return memory.get(("dataset", held.digest, reading, columns), make)


def aliases(features: tuple[str, ...], text: str) -> tuple[str, ...]:
    """What each feature is called in a typed model: by its own name where the text says it, else x or x1, x2.

    Example:
        >>> aliases(("pressure", "temperature (K)"), "a*pressure + b*x2")
        ('pressure', 'x2')
        >>> aliases(("dose",), "a*exp(-b*x)")
        ('x',)
    """
    said = set(free_names(text, ()))
    short = ("x",) if len(features) == 1 else tuple(f"x{index + 1}" for index in range(len(features)))
    return tuple(
        name if name.isidentifier() and name in said else other
        for name, other in zip(features, short, strict=True)
    )


def parse(text: str, features: tuple[str, ...]) -> Formula:
    """A typed model: its variables, and as parameters the other names in the text.

    Raises:
        FormulaError: The text is no model.
    """
    variables = aliases(features, text)
    formula = Formula(text, variables, free_names(text, variables))
    typed(formula)
    return formula


def typed(formula: Formula) -> Model:
    """The model that was typed.

    Raises:
        FormulaError: The text is no model.
    """
    return model_formula(formula.text, variables=formula.variables, parameters=formula.parameters)


def model(setup: Setup, data: Dataset) -> Model:
    """The model of a setup, made for the table's task."""
    if setup.model == TYPED:
        assert setup.formula is not None
        return typed(setup.formula)
    found = MODELS[setup.model]
    if setup.model == "mlp":
        found = found.replace(width=setup.width, depth=setup.depth)  # type: ignore[attr-defined]
    return found.for_task(data.task)


def models_for(data: Dataset) -> list[str]:
    """The models of this page that fit a table."""
    names = [*AFFINE, "mlp"]
    fitting = [name for name in names if fitting_losses(MODELS[name], data)]
    return fitting if data.task == "classification" else [TYPED, *fitting]


def risk(memory: Memory, setup: Setup, data: Dataset) -> Objective:
    """The loss of the model on the table, as an objective of the model's own parameters."""

    def make() -> Objective:
        kinds = {"l1": l1, "l2": l2}
        penalty = kinds[setup.penalty](setup.strength) if setup.penalty in kinds else None
        loss = LOSSES[setup.loss].replace(**dict(setup.numbers))
        return empirical_risk(model(setup, data), data, loss, penalty)

    return memory.get(("risk", setup), make)


def without_penalty(setup: Setup) -> Setup:
    """The same without a penalty."""
    return replace(setup, penalty="none", strength=0.0)


def coordinates(params: Params) -> dict[str, Coordinate]:
    """Every single number of the parameters: name in the link → the keys that lead to it, in JAX's order.

    Example:
        >>> import numpy as np
        >>> coordinates({"weights": np.zeros(2), "bias": np.zeros(())})
        {'b': ('bias',), 'w1': ('weights', 0), 'w2': ('weights', 1)}
        >>> list(coordinates({"layers": [{"weights": np.zeros((1, 2)), "bias": np.zeros(2)}]}))
        ['b1_1', 'b1_2', 'w1_1_1', 'w1_1_2']
    """
    found: dict[str, Coordinate] = {}
    for path, leaf in jax.tree_util.tree_flatten_with_path(params)[0]:
        keys = tuple(getattr(key, "key", getattr(key, "idx", None)) for key in path)
        layer = [str(key + 1) for key in keys if isinstance(key, int)]
        name = {"weights": "w", "bias": "b"}.get(str(keys[-1]), str(keys[-1]))
        for index in np.ndindex(np.shape(leaf)):
            places = [*layer, *(str(place + 1) for place in index)]
            found[name + "_".join(places)] = (*keys, *index)
    return found


def flat(params: Params) -> np.ndarray:
    """All numbers of the parameters in one vector, in the order of `coordinates`."""
    return np.concatenate([np.ravel(np.asarray(leaf, float)) for leaf in jax.tree.leaves(params)])


def shaped(like: Params, vector: np.ndarray) -> Params:
    """The numbers of a vector as parameters shaped like others."""
    leaves, structure = jax.tree.flatten(like)
    ends = np.cumsum([np.size(leaf) for leaf in leaves])[:-1]
    parts = np.split(np.asarray(vector, float), ends)
    pairs = zip(leaves, parts, strict=True)
    return jax.tree.unflatten(
        structure, [part.reshape(np.shape(leaf)).astype(np.asarray(leaf).dtype) for leaf, part in pairs]
    )


def first_start(setup: Setup, data: Dataset, seed: int = 0) -> Params:
    """Where a fit starts before the reader says it: at 0, ones for a typed model, drawn for a network."""
    made = model(setup, data)
    if setup.model == "mlp":
        outputs = num_outputs(made, data)
        return jax.tree.map(np.asarray, made.init(jax.random.key(seed), data.num_features, outputs))
    zeros = jax.tree.map(np.asarray, made.zeros(data.num_features, num_outputs(made, data)))
    return jax.tree.map(np.ones_like, zeros) if setup.model == TYPED else zeros


def titles(names: tuple[str, ...], setup: Setup, data: Dataset) -> dict[str, str]:
    """What stands at the axis of each parameter: its name, with the feature and the class it belongs to."""
    found = {name: name for name in names}
    if setup.model not in ("linear", "logistic", "softmax"):
        return found
    for name in names:
        places = [int(part) - 1 for part in name[1:].split("_") if part]
        belongs = [data.feature_names[places.pop(0)]] if name[0] == "w" else []
        belongs += [data.class_names[place] for place in places]
        found[name] = f"{name} ({', '.join(belongs)})" if belongs else name
    return found
