"""The nonlinear regressions of NIST with two parameters, as CSV and formula: their certified values."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import landscape
from landscape import LOSSES, OPTIMIZERS
from landscape.risk import fit_statistics

DATA = Path(__file__).parents[1] / "assets" / "data"
SATURATING = "b1*(1 - exp(-b2*x))"


@dataclass(frozen=True)
class Problem:
    """A problem of <https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml> with what is certified."""

    name: str
    formula: str
    starts: tuple[tuple[float, float], ...]
    params: tuple[float, float]
    deviations: tuple[float, float]
    residual_sum_of_squares: float
    residual_deviation: float


PROBLEMS = [
    Problem(
        "misra1a",
        SATURATING,
        ((500.0, 0.0001), (250.0, 0.0005)),
        (2.3894212918e02, 5.5015643181e-04),
        (2.7070075241e00, 7.2668688436e-06),
        1.2455138894e-01,
        1.0187876330e-01,
    ),
    Problem(
        "boxbod",
        SATURATING,
        ((1.0, 1.0), (100.0, 0.75)),
        (2.1380940889e02, 5.4723748542e-01),
        (1.2354515176e01, 1.0455993237e-01),
        1.1680088766e03,
        1.7088072423e01,
    ),
    Problem(
        "danwood",
        "b1*x**b2",
        ((1.0, 5.0), (0.7, 4.0)),
        (7.6886226176e-01, 3.8604055871e00),
        (1.8281973860e-02, 5.1726610913e-02),
        4.3173084083e-03,
        3.2853114039e-02,
    ),
]


def risk_of(problem):
    data = landscape.read_csv(DATA / f"{problem.name}.csv", target="y", features=["x"])
    model = landscape.model_formula(problem.formula, variables=("x",), parameters=("b1", "b2"))
    return landscape.empirical_risk(model, data, LOSSES["mse"])


def walk(risk, optimizer, start, num_steps=200, **numbers):
    built = OPTIMIZERS[optimizer].build(**numbers)
    return landscape.descend(risk, built, dict(zip(("b1", "b2"), start, strict=True)), num_steps)


@pytest.mark.parametrize(
    ("problem", "start"),
    [(problem, start) for problem in PROBLEMS for start in problem.starts],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_levenberg_marquardt_reaches_the_certified_values_from_both_starts(problem, start):
    risk = risk_of(problem)
    path = walk(risk, "levenberg-marquardt", start)
    assert path.diverged_at is None
    found = [path.params["b1"][-1], path.params["b2"][-1]]
    np.testing.assert_allclose(found, problem.params, rtol=5e-7)
    assert risk.num_examples * path.final_loss == pytest.approx(problem.residual_sum_of_squares, rel=5e-7)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_standard_errors_are_the_certified_ones(problem):
    risk = risk_of(problem)
    path = walk(risk, "levenberg-marquardt", problem.starts[1])
    statistics = fit_statistics(risk, {name: values[-1] for name, values in path.params.items()})
    errors = [float(statistics.standard_errors[name]) for name in ("b1", "b2")]
    np.testing.assert_allclose(errors, problem.deviations, rtol=5e-7)
    assert statistics.residual_standard_deviation == pytest.approx(problem.residual_deviation, rel=5e-7)
    assert statistics.degrees_of_freedom == risk.num_examples - 2
    assert (statistics.method, statistics.rank) == ("least-squares", 2)


def test_where_optimizers_fail_they_say_so():
    """BoxBOD from (1, 1): the full step of Gauss–Newton leads to where the exponential overflows."""
    risk = risk_of(PROBLEMS[1])
    assert walk(risk, "gauss-newton", (1.0, 1.0)).diverged_at == 1
    slow = walk(risk, "gd", (1.0, 1.0))
    assert slow.diverged_at is None
    assert risk.num_examples * slow.final_loss > 5 * PROBLEMS[1].residual_sum_of_squares
