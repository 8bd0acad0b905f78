r"""Formulas: a loss or a model of the reader's own, typed; nothing but arithmetic can be said.

Example:
    >>> import landscape
    >>> own = landscape.formula("x^2 + a sin(3x) + y²", a=0.5)
    >>> own.formula
    'x^{2} + a \\sin \\left( 3 x \\right) + y^{2}'
"""

from landscape.formulas.diagnosis import FINDINGS, Finding, diagnose
from landscape.formulas.errors import KINDS, FormulaError
from landscape.formulas.expression import Expression, free_names, parse
from landscape.formulas.models import FormulaOutput, model_formula
from landscape.formulas.names import name_latex
from landscape.formulas.objectives import FormulaLoss, formula
from landscape.formulas.operations import ALIASES, CONSTANTS, FUNCTIONS

__all__ = [
    "ALIASES",
    "CONSTANTS",
    "FINDINGS",
    "FUNCTIONS",
    "KINDS",
    "Expression",
    "Finding",
    "FormulaError",
    "FormulaLoss",
    "FormulaOutput",
    "diagnose",
    "formula",
    "free_names",
    "model_formula",
    "name_latex",
    "parse",
]
