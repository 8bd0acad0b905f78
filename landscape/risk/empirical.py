"""Empirical risk: a model's loss on a dataset, as an objective of the model's parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
from jax.tree_util import Partial

from landscape.datasets import Dataset
from landscape.losses import LOSSES, Loss, Penalty, SupervisedLoss, l2, penalized_weights
from landscape.models import UNITS, Model, ModelProgram
from landscape.objectives import Objective, Params
from landscape.risk.fitting import check_fit, num_outputs, supervised, targets_for

Reduction = Literal["mean", "sum"]
"""Whether the examples' losses are averaged or added up."""


@dataclass(frozen=True)
class RiskProgram:
    """What a compiled program of a risk depends on; everything else is an argument of it.

    Two risks that differ in data of one shape, in a penalty or in a number inside the loss have
    equal programs, so that one compiled program serves them all.

    Attributes:
        model: What is left of the model whose parameters are to be found.
        function: The loss's.
        rounded: The loss's with its corners rounded, if it has any.
        takes_value: Whether the loss takes the model's value, or its raw output.
        unending: Whether classes that a plane separates leave the loss without a minimizer.
    """

    model: ModelProgram
    function: Callable[..., jax.Array]
    rounded: Callable[..., jax.Array] | None
    takes_value: bool
    unending: bool

    def __call__(self, data: dict[str, Any], penalty: Penalty, params: Params) -> jax.Array:
        """The risk."""
        losses = self.function(self.predictions(data, params), data["targets"], **data["numbers"])
        return jnp.sum(losses) / data["divisor"] + penalty(self.weights(params))

    def smooth(self, data: dict[str, Any], penalty: Penalty, width: jax.Array, params: Params) -> jax.Array:
        """The risk with all corners rounded over a width, in units of what the loss takes."""
        raw = self.model.apply(params, data["inputs"])
        return self.misfit(data, width, raw) + self.cost(data, penalty, width, params)

    def misfit(self, data: dict[str, Any], width: jax.Array, raw: jax.Array) -> jax.Array:
        """What the model's raw outputs cost, with rounded corners."""
        predictions = self.values(raw)
        if self.rounded is None:
            losses = self.function(predictions, data["targets"], **data["numbers"])
        else:
            losses = self.rounded(predictions, data["targets"], width, **data["numbers"])
        return jnp.sum(losses) / data["divisor"]

    def cost(self, data: dict[str, Any], penalty: Penalty, width: jax.Array, params: Params) -> jax.Array:
        """What the weights cost, with rounded corners."""
        size = jnp.sqrt(jnp.mean(data["inputs"] ** 2))
        return penalty(self.weights(params), width / jnp.where(size > 0, size, 1.0))

    def on_examples(
        self, data: dict[str, Any], penalty: Penalty, params: Params, weights: jax.Array
    ) -> jax.Array:
        """The risk with each example counted so many times, and the penalty once."""
        losses = self.function(self.predictions(data, params), data["targets"], **data["numbers"])
        # With several targets an example costs the sum of theirs.
        each = jnp.sum(losses.reshape(len(weights), -1), axis=1)
        weights = jnp.asarray(weights, each.dtype)
        return jnp.sum(weights * each) / data["divisor"] + penalty(self.weights(params))

    def on_batch(
        self, data: dict[str, Any], penalty: Penalty, params: Params, rows: jax.Array, weights: jax.Array
    ) -> jax.Array:
        """The risk over some of the examples, the mean of theirs: so many times as large for their sum."""
        part = data | {"inputs": data["inputs"][rows], "targets": data["targets"][rows]}
        losses = self.function(self.predictions(part, params), part["targets"], **data["numbers"])
        each = jnp.sum(losses.reshape(len(weights), -1), axis=1)
        weights = jnp.asarray(weights, each.dtype)
        whole = len(data["targets"]) / data["divisor"]
        return whole * jnp.sum(weights * each) / jnp.sum(weights) + penalty(self.weights(params))

    def residuals(self, data: dict[str, Any], penalty: Penalty | None, params: Params) -> jax.Array:
        """Residuals whose squares add up to the risk: of the examples, then of the weights."""
        errors = self.predictions(data, params) - data["targets"]
        rows = [jnp.ravel(errors) / jnp.sqrt(data["divisor"])]
        if penalty is not None:
            rows += [jnp.sqrt(penalty.strength) * jnp.ravel(leaf) for leaf in self.weights(params)]
        return jnp.concatenate(rows)

    def predictions(self, data: dict[str, Any], params: Params) -> jax.Array:
        """What the loss takes at some parameters."""
        return self.values(self.model.apply(params, data["inputs"]))

    def values(self, raw: jax.Array) -> jax.Array:
        """What the loss takes: the model's value or its raw output."""
        return UNITS[self.model.output_unit](raw) if self.takes_value else raw

    def weights(self, params: Params) -> list[Any]:
        """The parameters that a penalty counts."""
        return penalized_weights(params, self.model.unpenalized)


@dataclass(frozen=True)
class _OnExamples:
    """The risk of a program on weighted examples as a function with a hash of its own."""

    program: RiskProgram

    def __call__(
        self, data: dict[str, Any], penalty: Penalty, params: Params, weights: jax.Array
    ) -> jax.Array:
        return self.program.on_examples(data, penalty, params, weights)


@dataclass(frozen=True)
class _OnBatch:
    """The risk of a program on a mini-batch as a function with a hash of its own."""

    program: RiskProgram

    def __call__(
        self, data: dict[str, Any], penalty: Penalty, params: Params, rows: jax.Array, weights: jax.Array
    ) -> jax.Array:
        return self.program.on_batch(data, penalty, params, rows, weights)


@dataclass(frozen=True)
class _Residuals:
    """The residuals of a risk's program as a function with a hash of its own."""

    program: RiskProgram

    def __call__(self, data: dict[str, Any], penalty: Penalty | None, params: Params) -> jax.Array:
        return self.program.residuals(data, penalty, params)


def empirical_risk(
    model: Model,
    dataset: Dataset,
    loss: Loss,
    penalty: Penalty | None = None,
    reduction: Reduction = "mean",
) -> Objective:
    r"""What a model costs on a dataset, as an objective of the model's parameters.

    L(\theta) = \frac{1}{n} \sum_i \ell(f_\theta(x_i), t_i) + \lambda (\rho ||w||_1 +
    (1 - \rho) ||w||_2^2), or the sum over i without 1/n. The penalty counts the weights w and
    never a bias, and it is not divided by n. With several targets an example costs the sum of theirs; a
    loss of all examples together (`whole`, such as dice) is the first term as it is.

    The data, the penalty's numbers and those inside the loss are arguments of the compiled
    programs: other values of them, and other data of the same shape, compile nothing.
    Everything is of the model's floating-point type, float32 for a `Network`.

    Args:
        model: From `MODELS`; a `Network` is made for the dataset's task.
        dataset: Of the model's task; n examples.
        loss: From `LOSSES`, a supervised one that stands behind the model's output unit.
        penalty: From `l1`, `l2` or `elastic_net`; None for none.
        reduction: "mean" or "sum", of the examples' losses; only "mean" for a loss of all together.

    Returns:
        An `Objective` that starts at zeros of the model's parameters, whose examples can be weighted
        (`on_examples`) unless they cost something only together. A squared error without an l1 part has
        `residuals`, whose squares add up to the loss: first of the n examples, then, with a penalty,
        \sqrt{\lambda} w.

    Raises:
        ValueError: The reduction is unknown, or model, dataset and loss do not fit together.

    Example:
        >>> import landscape
        >>> from landscape import DATASETS, LOSSES, MODELS
        >>> data = DATASETS["diabetes"].select("s1", "s2")
        >>> ridge = landscape.empirical_risk(
        ...     MODELS["linear"], data, LOSSES["mse"], penalty=landscape.l2(0.1)
        ... )
        >>> bool(ridge.loss(ridge.start) == (data.targets**2).mean())
        True

    Reference:
        Vapnik (1991), Principles of risk minimization for learning theory, Advances in Neural
        Information Processing Systems 4, 831-838
    """
    loss = supervised(loss)
    _check_reduction(loss, reduction)
    model = check_fit(model, dataset, loss)
    program = RiskProgram(model.program, loss.function, loss.rounded, loss.takes == "value", loss.unending)
    targets = targets_for(loss, dataset)
    data = {
        "inputs": jnp.asarray(dataset.inputs, model.dtype),
        "targets": jnp.asarray(targets, model.dtype if targets.dtype.kind == "f" else None),
        "divisor": float(dataset.num_examples) if reduction == "mean" and not loss.whole else 1.0,
        "numbers": {name: float(value) for name, value in loss.parameters.items()},
    }
    # A penalty of strength 0 shares its program with every other strength.
    counted = l2(0.0) if penalty is None else penalty
    squared = loss.function is LOSSES["mse"].function and counted.l1_ratio * counted.strength == 0
    if squared and penalty is not None:
        penalty = l2(penalty.strength * (1.0 - penalty.l1_ratio))
    return Objective(
        loss=Partial(program, data, counted),
        start=model.zeros(dataset.num_features, num_outputs(model, dataset)),
        name=f"{dataset.name}-{model.name}-{loss.name}",
        title=f"{dataset.title} · {model.title} · {loss.title}",
        formula=_formula(model, loss, penalty, reduction),
        residuals=Partial(_Residuals(program), data, penalty) if squared else None,
        residual_scale="sum",
        on_examples=None if loss.whole else Partial(_OnExamples(program), data, counted),
        on_batch=None if loss.whole else Partial(_OnBatch(program), data, counted),
        num_examples=None if loss.whole else dataset.num_examples,
        reference=loss.reference,
    )


def _check_reduction(loss: SupervisedLoss, reduction: str) -> None:
    if reduction not in ("mean", "sum"):
        raise ValueError(f"`reduction` must be 'mean' or 'sum', got {reduction!r}")
    if loss.whole and reduction == "sum":
        raise ValueError(
            f"`reduction` must be 'mean' for {loss.name}, a loss of all examples together, got 'sum'"
        )


def _formula(model: Model, loss: SupervisedLoss, penalty: Penalty | None, reduction: str) -> str:
    total = r"\frac{1}{n} \sum_{(x, t)} " if reduction == "mean" else r"\sum_{(x, t)} "
    parts = [loss.formula if loss.whole else total + loss.summand]
    if penalty is not None:
        absolute, squared = r"\lVert w \rVert_1", r"\lVert w \rVert_2^2"
        net = rf"\left( \rho {absolute} + (1 - \rho) {squared} \right)"
        parts.append(r"\lambda " + {0.0: squared, 1.0: absolute}.get(penalty.l1_ratio, net))
    unit = {"identity": "z", "sigmoid": r"\sigma(z)", "softmax": r"\operatorname{softmax}(z)"}
    unit["exponential"] = "e^z"
    where = (
        f"y = {model.formula}" if loss.takes == "value" else f"{model.formula} = {unit[model.output_unit]}"
    )
    return " + ".join(parts) + rf", \quad {where}"
