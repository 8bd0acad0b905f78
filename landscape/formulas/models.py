"""Models of formulas: predictions of the reader's own, typed."""

from collections.abc import Iterable
from dataclasses import dataclass

import jax
import jax.numpy as jnp

from landscape.formulas.expression import Expression, parse
from landscape.formulas.names import check_names, name_latex
from landscape.formulas.nodes import (
    Call,
    Cases,
    Comparison,
    Name,
    Negative,
    Node,
    Power,
    Product,
    Sum,
    names_of,
)
from landscape.formulas.objectives import check_constants, check_used
from landscape.models import Model, Params


@dataclass(frozen=True)
class FormulaOutput:
    """A formula as a model's output; equal formulas are equal functions.

    Args:
        expression: The formula.
        variables: The names of the features.
        parameters: The names of the parameters.
        constants: The other names, with their values.
    """

    expression: Expression
    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    constants: tuple[tuple[str, float], ...] = ()

    def __call__(self, params: Params, inputs: jax.Array) -> jax.Array:
        """The outputs (n,) for inputs of shape (n, d)."""
        known = {name: jnp.asarray(value, float) for name, value in self.constants}
        known |= {name: jnp.asarray(params[name], float) for name in self.parameters}

        def output(row: jax.Array) -> jax.Array:
            return self.expression.value(known | {name: row[i] for i, name in enumerate(self.variables)})

        return jax.vmap(output)(jnp.asarray(inputs, float))


@dataclass(frozen=True)
class FormulaStart:
    """Random parameters of a formula: each from the standard normal distribution.

    Args:
        parameters: Their names.
    """

    parameters: tuple[str, ...]

    def __call__(self, key: jax.Array, num_features: int, num_outputs: int) -> Params:
        """A scalar for each name."""
        numbers = jax.random.normal(key, (len(self.parameters),), dtype=float)
        return dict(zip(self.parameters, numbers, strict=True))


def model_formula(
    text: str,
    /,
    variables: Iterable[str] = ("x",),
    parameters: Iterable[str] = ("b1", "b2"),
    **constants: float,
) -> Model:
    r"""A model typed as a formula of its features and its parameters.

    f(x) = what the formula says, for each example by itself; see `landscape.formulas.parse` for how it is
    written. `empirical_risk` starts it at zeros, which for many a formula is no good start: give `descend` a
    better one.

    Args:
        text: As of `formula`.
        variables: The names of the features, in the order of their columns.
        parameters: The names of the parameters, each in the text.
        **constants: The values of the other names; they are part of the model, so that another value is
            another model, which is compiled anew. What is to move is a parameter.

    Returns:
        A `Model` for regression with parameters {"b1": (), "b2": ()}, all of which a penalty counts.
        It is known to be affine where its parameters stand in sums and in products with what holds none.

    Raises:
        FormulaError: As of `formula`; or a parameter is not in the text.

    Example:
        >>> import landscape
        >>> saturating = landscape.model_formula("b1*(1 - exp(-b2*x))")
        >>> saturating.predict({"b1": 2.0, "b2": 0.0}, [[1.0], [3.0]]).tolist()
        [0.0, 0.0]
        >>> landscape.model_formula("b1 + b2*log(x)").affine, saturating.affine
        (True, False)
    """
    features = check_names("variables", variables, text)
    names = check_names("parameters", parameters, text)
    check_names("variables", (*features, *names), text)
    numbers = check_constants(constants, (*features, *names), text)
    expression = parse(text, (*features, *names, *numbers))
    check_used(expression, names, text, "unused-parameter")
    check_used(expression, numbers, text, "unused-constant")
    arguments = ", ".join(name_latex(name) for name in features)
    return Model(
        name="formula",
        title="Formula",
        formula=f"f({arguments}) = {expression.latex}",
        initialize=FormulaStart(names),
        apply=FormulaOutput(expression, features, names, tuple(sorted(numbers.items()))),
        output_unit="identity",
        task="regression",
        num_features=len(features),
        unpenalized=(),
        affine=_degree(expression.node, frozenset(names)) <= 1,
    )


def _degree(node: "Node | Comparison", names: frozenset[str]) -> int:
    """0 for a node without the names, 1 for one that is affine in them, 2 for any other."""
    if not names.intersection(names_of(node)):
        return 0
    match node:
        case Name():
            return 1
        case Negative(of):
            return _degree(of, names)
        case Sum(first, others):
            return max(_degree(term, names) for term in (first, *(term for _, term in others)))
        case Product(first, others):
            degrees = [_degree(factor, names) for factor in (first, *(factor for _, factor in others))]
            divided = any(
                degree for degree, (sign, _) in zip(degrees[1:], others, strict=True) if sign == "/"
            )
            return 2 if divided else min(2, sum(degrees))
        case Cases(condition, then, otherwise) if not _degree(condition, names):
            return max(_degree(then, names), _degree(otherwise, names))
        case Power() | Call() | Cases() | _:
            return 2
