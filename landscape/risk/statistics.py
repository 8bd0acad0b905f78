"""Statistics of a fit: residuals, standard errors, and how well the data tell the parameters apart."""

from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from landscape.losses import LOSSES, penalized_weights
from landscape.models import UNITS
from landscape.objectives import Objective, Params, check_params
from landscape.risk.empirical import RiskProgram
from landscape.risk.expansions import Differentiated, as_it_is, flat, shaped

Method = Literal["least-squares", "ridge", "likelihood"]
"""Where standard errors come from: the Jacobian, it and the penalty, or the Hessian of a likelihood."""

LIKELIHOODS = (
    "binary-cross-entropy",
    "cross-entropy",
    "categorical-cross-entropy",
    "poisson-nll",
    "gaussian-nll",
)
"""Losses that are the negative logarithm of a likelihood as they are, with no scale left open."""

MAX_DERIVATIVES = 20_000_000
"""Entries of a Jacobian or a Hessian: 160 MB."""

REASONS: dict[str, str] = {
    "no-likelihood": "`risk` must be of squared errors or of a likelihood ({known}) to have standard errors, "
    "got {loss}",
    "corners": "`risk` must have no l1 penalty to have standard errors: it has a corner at 0",
    "too-few-examples": "`risk` must be of more examples than parameters to have standard errors, "
    "got {examples} and {parameters}",
    "too-large": "`risk` must have at most {most} derivatives for standard errors, got {found}",
    "not-finite": "`params` must be where the predictions and their derivatives are finite",
    "no-minimum": "`params` must be near a minimizer, got a point from where the loss falls to both sides",
}
"""Every reason for which there are no standard errors, with its English sentence."""


class StatisticsError(ValueError):
    """There are no standard errors; `kind`, one of `REASONS`, and `values` say why."""

    def __init__(self, kind: str, **values: Any) -> None:
        self.kind, self.values = kind, values
        super().__init__(REASONS[kind].format(**values))


@dataclass(frozen=True, eq=False)
class FitStatistics:
    r"""What can be said of fitted parameters; all arrays are NumPy.

    Attributes:
        method: "least-squares": covariance s² (JᵀJ)⁻¹ with the Jacobian J of the predictions.
            "ridge": s² (JᵀJ + nλI)⁻¹, the I of the penalized weights alone (λ, not nλ, for a sum): how
            wide the penalized loss is, which a Gaussian prior makes a posterior; a ridge is biased,
            so that this is not how far estimates scatter about the truth.
            "likelihood": the inverse Hessian of the negative log-likelihood (and of the penalty) of
            all examples.
        residuals: Target less prediction in the target's units, shaped like the targets; of a
            likelihood target less mean; None where the targets are more than two classes.
        residual_sum_of_squares: Their sum of squares, RSS; None without residuals.
        degrees_of_freedom: n − rank, with n numbers to be predicted (n − p where the data tell all p
            parameters); of a ridge n less the trace of J (JᵀJ + nλI)⁻¹ Jᵀ; of a likelihood n examples.
        residual_standard_deviation: s, with s² = RSS over the degrees of freedom; of squared errors,
            else None.
        covariance: Of all parameters in a row, as they stand in the pytree, shape (p, p).
        standard_errors: Roots of its diagonal, a pytree like the parameters. Infinite where the data do
            not tell a parameter from others.
        condition_number: Of J with its columns (and the penalty's rows) scaled to length 1; of a likelihood
            the root of that of the Hessian so scaled. Infinite where the data leave a direction open.
        unscaled_condition_number: The same without scaling: it depends on the parameters' units.
        rank: Of J or the Hessian, p where the data tell all parameters.
    """

    method: Method
    residuals: np.ndarray | None
    residual_sum_of_squares: float | None
    degrees_of_freedom: float
    residual_standard_deviation: float | None
    covariance: np.ndarray
    standard_errors: Params
    condition_number: float
    unscaled_condition_number: float
    rank: int


def fit_statistics(risk: Objective, params: Params) -> FitStatistics:
    r"""Residuals, standard errors and condition number of a fit.

    Of squared errors without a penalty \operatorname{Cov}(\theta) = s^2 (J^T J)^{-1} with
    s^2 = RSS / (n - rank J), whether the risk is their mean or their sum; of a likelihood
    (\nabla^2 \sum_i -\log p(t_i))^{-1}. Both hold for many examples and errors that are independent, and
    at a minimizer: elsewhere they are numbers without that meaning.

    Args:
        risk: What `empirical_risk` gave; not a slice of it.
        params: The fitted parameters, as of the model.

    Returns:
        The statistics.

    Raises:
        StatisticsError: There are no standard errors: the loss is no likelihood (mae, hinge, ...), the
            penalty has a corner, there are no more examples than parameters, or the point is no minimum.
        ValueError: `risk` is no empirical risk, or the parameters do not fit it.

    Example:
        >>> import landscape
        >>> from landscape import DATASETS, LOSSES, MODELS
        >>> from landscape.risk import fit_statistics, minimize
        >>> risk = landscape.empirical_risk(MODELS["linear"], DATASETS["line"], LOSSES["mse"])
        >>> statistics = fit_statistics(risk, minimize(risk)[0])
        >>> statistics.degrees_of_freedom, statistics.residuals.shape
        (38, (40,))
        >>> float(statistics.standard_errors["bias"])
        0.08772...

    Reference:
        Seber, Wild (1989), Nonlinear regression, section 2.1, doi:10.1002/0471725315; ridge: Hastie,
        Tibshirani, Friedman (2009), The elements of statistical learning, equation 3.50; likelihood:
        Nelder, Wedderburn (1972), Generalized linear models, doi:10.2307/2344614
    """
    loss = risk.loss
    if not isinstance(loss, Partial) or not isinstance(loss.func, RiskProgram):
        raise ValueError(f"`risk` must be an empirical risk, got {risk.name}")
    params = check_params(risk, params)
    program, (data, penalty) = loss.func, loss.args
    squared = program.function is LOSSES["mse"].function
    if not squared and all(program.function is not LOSSES[name].function for name in LIKELIHOODS):
        name = next((name for name, other in LOSSES.items() if other.function is program.function), "another")
        raise StatisticsError("no-likelihood", known=", ".join(LIKELIHOODS), loss=name)
    if float(penalty.strength) * float(penalty.l1_ratio) != 0:
        raise StatisticsError("corners")
    num_parameters = flat(params).size
    num_numbers = np.size(data["targets"])
    if num_numbers <= num_parameters and float(penalty.strength) == 0:
        raise StatisticsError("too-few-examples", examples=num_numbers, parameters=num_parameters)
    size = num_parameters * (num_numbers if squared else num_parameters)
    if size > MAX_DERIVATIVES:
        raise StatisticsError("too-large", most=f"{MAX_DERIVATIVES:,}", found=f"{size:,}")
    with np.errstate(all="ignore"):
        return (_of_squares if squared else _of_likelihood)(loss, params)


def _of_squares(loss: Partial, params: Params) -> FitStatistics:
    data, penalty = loss.args
    predictions, jacobian = (np.asarray(part, dtype=float) for part in _linearize(loss, params))
    residuals = np.asarray(data["targets"], dtype=float) - predictions
    if not (np.isfinite(residuals).all() and np.isfinite(jacobian).all()):
        raise StatisticsError("not-finite")
    total = float(residuals.ravel() @ residuals.ravel())
    strength = float(penalty.strength)
    rows = jacobian
    if strength:
        counted = _penalized(loss.func, params)
        rows = np.concatenate([jacobian, np.diag(np.sqrt(data["divisor"] * strength) * counted)])
    lengths = np.linalg.norm(rows, axis=0)
    lengths = np.where(lengths > 0, lengths, 1.0)
    _, values, directions = np.linalg.svd(rows / lengths, full_matrices=False)
    known = values > max(rows.shape) * _precision(params) * values[0]
    inverse = _inverse(values**2, directions.T, known, lengths)
    degrees: float = residuals.size - int(known.sum())
    if strength:
        seen = (jacobian / lengths) @ directions[known].T / values[known]
        degrees = float(residuals.size - np.sum(seen**2))
    spread = total / degrees
    return FitStatistics(
        method="ridge" if strength else "least-squares",
        residuals=residuals,
        residual_sum_of_squares=total,
        degrees_of_freedom=degrees,
        residual_standard_deviation=float(np.sqrt(spread)),
        covariance=spread * inverse,
        standard_errors=_as_pytree(params, np.sqrt(spread * np.diag(inverse))),
        condition_number=_condition(values, known),
        unscaled_condition_number=_condition(np.linalg.svd(rows, compute_uv=False), known),
        rank=int(known.sum()),
    )


def _of_likelihood(loss: Partial, params: Params) -> FitStatistics:
    data, _ = loss.args
    program: Any = loss.func
    # With its corners: rounded over the width 0 a penalty has no derivative at weights of 0.
    around = Differentiated(Partial(as_it_is, loss))(0.0, params)
    if not around.is_finite:
        raise StatisticsError("not-finite")
    hessian = float(data["divisor"]) * around.hessian
    hessian = (hessian + hessian.T) / 2
    diagonal = np.diag(hessian)
    lengths = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    values, directions = np.linalg.eigh(hessian / np.outer(lengths, lengths))
    tolerance = len(values) * _precision(params) * max(1.0, float(np.abs(values).max()))
    if values[0] < -100 * tolerance:
        raise StatisticsError("no-minimum")
    known = values > tolerance
    inverse = _inverse(values, directions, known, lengths)
    targets = np.asarray(data["targets"], dtype=float)
    values_of = UNITS[program.model.output_unit]
    means = np.asarray(values_of(program.model.apply(params, data["inputs"])), dtype=float)
    if program.model.output_unit == "gaussian":
        means = means[..., 0]
    residuals = targets - means if means.shape == targets.shape else None
    plain = np.linalg.eigvalsh(hessian)[::-1]
    return FitStatistics(
        method="likelihood",
        residuals=residuals,
        residual_sum_of_squares=None if residuals is None else float(np.sum(residuals**2)),
        degrees_of_freedom=len(targets) - int(known.sum()),
        residual_standard_deviation=None,
        covariance=inverse,
        standard_errors=_as_pytree(params, np.sqrt(np.diag(inverse))),
        condition_number=_condition(np.sqrt(np.abs(values[::-1])), known),
        unscaled_condition_number=_condition(np.sqrt(np.abs(plain)), known),
        rank=int(known.sum()),
    )


@jax.jit
def _linearize(loss: Partial, params: Params) -> tuple[jax.Array, jax.Array]:
    """The predictions, and their Jacobian (numbers, p) by all parameters."""
    program: Any = loss.func
    point, unravel = ravel_pytree(params)

    def predictions(vector: jax.Array) -> jax.Array:
        return program.predictions(loss.args[0], unravel(vector))

    found = predictions(point)
    return found, jnp.reshape(jax.jacfwd(predictions)(point), (found.size, point.size))


def _penalized(program: Any, params: Params) -> np.ndarray:
    """1 for each parameter that a penalty counts, 0 for the others, shape (p,)."""
    numbered = shaped(params, np.arange(flat(params).size, dtype=float))
    counted = flat(penalized_weights(numbered, program.model.unpenalized)).astype(int)
    mask = np.zeros(flat(params).size)
    mask[counted] = 1.0
    return mask


def _precision(params: Params) -> float:
    """Of the coarsest floating-point type among the parameters."""
    return max(float(np.finfo(np.asarray(leaf).dtype).eps) for leaf in jax.tree.leaves(params))


def _inverse(
    values: np.ndarray, directions: np.ndarray, known: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    """The inverse of a matrix with these eigenvalues, after its scaling; infinite where one is 0.

    A parameter that takes part in an unknown direction has an infinite variance, and no covariances.
    """
    seen = directions[:, known]
    inverse = (seen / values[known]) @ seen.T / np.outer(lengths, lengths)
    open_to_all = np.linalg.norm(directions[:, ~known], axis=1) > 1e-6
    inverse[open_to_all] = inverse[:, open_to_all] = np.nan
    inverse[open_to_all, open_to_all] = np.inf
    return inverse


def _condition(values: np.ndarray, known: np.ndarray) -> float:
    return float(values[0] / values[-1]) if known.all() else float("inf")


def _as_pytree(params: Params, errors: np.ndarray) -> Params:
    """The standard errors in the structure of the parameters, in double precision."""
    doubles = jax.tree.map(lambda leaf: np.asarray(leaf, dtype=float), params)
    return shaped(doubles, errors)
