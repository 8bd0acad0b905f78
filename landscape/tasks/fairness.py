"""Fairness: logistic regression where one feature gives away who belongs to which group."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial

from landscape.losses import LOSSES, Loss
from landscape.objectives import Objective
from landscape.risk import minimize
from landscape.tasks.task import Task, check_loss

NUM_EXAMPLES = 200
"""Applicants, half of them of either group."""

HALVINGS = 40
"""Of the interval that holds the strength at which both groups are treated alike."""


def applicants(seed: int = 0) -> dict[str, np.ndarray]:
    r"""People of two groups: a merit that both share, and a feature that one has more of.

    x_1 \sim N(0, 1), x_2 \sim N(\pm 1, 1) by group, P(t = 1) = \sigma(1.5 x_1 + x_2).

    Args:
        seed: Of everything that is random.

    Returns:
        "inputs" (n, 2), "labels" (n,) and "group" (n,), the last two of 0 and 1; n = 200.

    Example:
        >>> people = applicants()
        >>> people["inputs"].shape, int(people["group"].sum())
        ((200, 2), 100)
    """
    random = np.random.default_rng(seed)
    group = np.arange(NUM_EXAMPLES) % 2
    inputs = random.normal(size=(NUM_EXAMPLES, 2)) + np.stack([0 * group, 2 * group - 1], axis=1)
    chance = 1.0 / (1.0 + np.exp(-(inputs @ [1.5, 1.0])))
    labels = random.uniform(size=NUM_EXAMPLES) < chance
    return {"inputs": inputs, "labels": labels.astype(float), "group": group.astype(float)}


@dataclass(frozen=True)
class _Fit:
    """Logistic regression and a penalty on its answers: a program that is known by the penalty."""

    penalty: Callable[..., jax.Array]

    def __call__(self, people: dict[str, Any], numbers: dict[str, Any], weights: jax.Array) -> jax.Array:
        logits = people["inputs"] @ weights
        losses = LOSSES["binary-cross-entropy"].function(logits, people["labels"])
        return jnp.mean(losses) + self.penalty(jax.nn.sigmoid(logits), people["group"], **numbers)


def signed_gap(probabilities: jax.Array, group: jax.Array, *, strength: Any) -> jax.Array:
    """The mean over group 1 less the mean over group 0, times the strength: the gap without its corner."""
    return strength * (jnp.mean(probabilities, where=group == 1) - jnp.mean(probabilities, where=group == 0))


def fair_classifier(loss: Loss) -> Objective:
    r"""Logistic regression of the `applicants` with a penalty on the gap between the groups.

    \frac{1}{n} \sum_i BCE(w \cdot x_i, t_i) + \lambda |\bar p_1 - \bar p_0| with p_i = \sigma(w \cdot x_i).

    Up to some strength the minimizer is that of the cross-entropy plus \lambda times the signed gap, and the
    gap shrinks with \lambda; from there on both groups are treated alike and it stays.

    Args:
        loss: `LOSSES["demographic-parity"]`, with its strength.

    Returns:
        An `Objective` of (w_1, w_2), with its minimizer.

    Raises:
        ValueError: The loss is another one.

    Example:
        >>> from landscape import LOSSES
        >>> plain = fair_classifier(LOSSES["demographic-parity"].replace(strength=0.0))
        >>> fair = fair_classifier(LOSSES["demographic-parity"].replace(strength=2.0))
        >>> plain.minimizers.round(2).tolist(), fair.minimizers.round(2).tolist()
        ([[1.93, 1.42]], [[1.33, 0.07]])

    Reference:
        Zafar, Valera, Gomez Rodriguez, Gummadi (2017), Fairness constraints: mechanisms for fair
        classification, doi:10.48550/arXiv.1507.05259
    """
    check_loss(loss, "demographic-parity")
    people = jax.tree.map(jnp.asarray, applicants())
    numbers = {name: float(value) for name, value in loss.parameters.items()}
    lowest = _signed_minimizer(min(numbers["strength"], _enough()))
    program = Partial(_Fit(loss.function), people, numbers)
    return Objective(
        loss=program,
        start=np.array([-0.5, 2.5]),
        name=loss.name,
        title=loss.title,
        formula=rf"\frac1n \sum_i \mathrm{{BCE}}(w \cdot x_i, t_i) + {loss.formula},"
        r" \quad p = \sigma(w \cdot x)",
        domain=((-1.0, 3.0), (-1.0, 3.0)),
        minimizers=lowest[None],
        minimum=float(program(lowest)),
        reference=loss.reference,
    )


def _signed_minimizer(strength: float) -> np.ndarray:
    """The minimizer of the cross-entropy plus the signed gap times a strength."""
    people = jax.tree.map(jnp.asarray, applicants())
    program = Partial(_Fit(signed_gap), people, {"strength": float(strength)})
    return np.asarray(minimize(Objective(loss=program, start=np.zeros(2)))[0])


@cache
def _enough() -> float:
    """The strength from which both groups get the same: the multiplier of that as a constraint."""
    people, low, high = jax.tree.map(jnp.asarray, applicants()), 0.0, 2.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        chances = jax.nn.sigmoid(people["inputs"] @ _signed_minimizer(middle))
        above = signed_gap(chances, people["group"], strength=1.0) > 0
        low, high = (middle, high) if above else (low, middle)
    return low


FAIRNESS = Task(
    name="fair-applicants",
    title="A fair classifier",
    statement="Logistic regression of 200 applicants of two groups: w₁ weighs a merit that both groups share,"
    " w₂ a feature that one group has more of. The cross-entropy, and the gap between the groups' mean"
    " probabilities; along the crease there is no gap.",
    axes=("w₁", "w₂"),
    losses=("demographic-parity",),
    make=fair_classifier,
    equal=True,
)
