"""LaTeX of a formula: fractions, roots and cases, with parentheses only where they are needed."""

from landscape.formulas.names import name_latex
from landscape.formulas.nodes import (
    Call,
    Cases,
    Comparison,
    Constant,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Sum,
)
from landscape.formulas.operations import FUNCTIONS

BINDING = {"any": 0, "sum": 1, "negative": 2, "term": 3, "fraction": 4, "power": 5, "atom": 6}
"""How tightly the parts of a formula hold together."""

_COMPARISONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}


def latex_of(node: Node, least: str = "any") -> str:
    """A node in LaTeX, in parentheses if it holds together less than is asked for."""
    latex, binds = _latex(node)
    if BINDING[binds] < BINDING[least]:
        return rf"\left( {latex} \right)"
    return latex


def _latex(node: Node) -> tuple[str, str]:
    """A node in LaTeX, and how tightly it holds together."""
    match node:
        case Number(number):
            return _number(number)
        case Constant(name):
            return {"pi": r"\pi", "e": "e"}[name], "atom"
        case Name(name):
            return name_latex(name), "atom"
        case Negative(of):
            return f"-{latex_of(of, 'term')}", "negative"
        case Sum(first, others):
            terms = "".join(f" {sign} {latex_of(term, 'term')}" for sign, term in others)
            return latex_of(first, "sum") + terms, "sum"
        case Product():
            return _product(node)
        case Power(base, exponent):
            return _power(base, exponent), "power"
        case Call(name, arguments):
            function = FUNCTIONS[name]
            parts = [latex_of(argument, function.arguments) for argument in arguments]
            return function.latex.format(*parts, all=", ".join(parts)), function.binds
        case Cases(condition, then, otherwise):
            rows = rf"{latex_of(then)} & \text{{if }} {_comparison(condition)}"
            rest = rf"{latex_of(otherwise)} & \text{{otherwise}}"
            return rf"\begin{{cases}} {rows} \\ {rest} \end{{cases}}", "any"
    raise TypeError(f"`node` must be of a formula, got {type(node).__name__}")


def _comparison(node: Comparison) -> str:
    rest = "".join(f" {_COMPARISONS[sign]} {latex_of(other, 'sum')}" for sign, other in node.others)
    return latex_of(node.first, "sum") + rest


def _number(number: float) -> tuple[str, str]:
    """A number in the fewest digits that are it, in powers of ten where it is large or small."""
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number)), "atom"
    mantissa, _, exponent = repr(number).partition("e")
    if not exponent:
        return mantissa, "atom"
    power = f"10^{{{int(exponent)}}}"
    return (power, "power") if mantissa == "1" else (rf"{mantissa} \cdot {power}", "term")


def _power(base: Node, exponent: Node) -> str:
    return f"{latex_of(base, 'atom')}^{{{latex_of(exponent)}}}"


def _product(node: Product) -> tuple[str, str]:
    """Factors side by side, fractions for what is divided; a sign in front stays in front."""
    first, sign = (node.first.of, "-") if isinstance(node.first, Negative) else (node.first, "")
    latex = latex_of(first, "term" if node.others[0][0] == "*" else "any")
    binds = "term"
    for operator, factor in node.others:
        if operator == "/":
            latex, binds = rf"\frac{{{latex}}}{{{latex_of(factor)}}}", "fraction"
        else:
            right = latex_of(factor, "term")
            # 2 and 3/4 side by side would be read as 2¾.
            mixed = latex[-1].isdigit() and right.startswith(r"\frac")
            dot = r" \cdot " if right[0].isdigit() or mixed else " "
            latex, binds = latex + dot + right, "term"
    return sign + latex, "negative" if sign else binds
