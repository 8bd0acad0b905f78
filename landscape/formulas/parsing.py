"""Parsing: from a text to the tree of a formula, by way of Python's own grammar and a short allow-list.

Python's `ast` gives the precedence and the associativity that people know from Python, is kept by Python's
maintainers and needs no dependency; SymPy's parser evaluates what it reads, and others bring an evaluator
of their own, where JAX needs a tree. Nothing that was typed reaches it as it was: the tokens of a text are
read first, by an alphabet of their own, and Python's grammar sees each number and each name as v0, v1, …
between signs, in a text bounded in length and depth. So no literal, keyword, attribute, string or escape
can arise, nothing is compiled or evaluated, and whatever is not on the list below is refused a second time.
"""

import ast
import keyword
from collections.abc import Collection, Iterable

from landscape.formulas.errors import FormulaError
from landscape.formulas.grammar import completed, nearest, unknown_function
from landscape.formulas.names import RESERVED
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
    children,
    number_of,
)
from landscape.formulas.operations import ALIASES, CONSTANTS, FUNCTIONS
from landscape.formulas.tokens import Token, tokens_of

MOST_NODES = 200
"""A formula has so many numbers, names and operations at most, for its Hessian to compile in seconds.

Measured in seconds of a core: loss, gradient and Hessian of the worst that was tried, a product of 48 sines,
take 5 to trace and compile, those of `where` in itself six times 4; at 241 parts that product took more than
20, and log-gammas in each other minutes, so that there is no such function. Parsing takes 5 ms at most.
"""

MOST_CASES = 6
"""`where` stands in itself so deep at most."""

FOLDED = ("hypot", "softplus", "asinh", "acosh", "atanh")
"""Functions that use what they are given many times: of ten in each other the compiler makes minutes."""

MOST_FOLDED = 6
"""They stand in each other so deep at most; of six the Hessian compiles in 6 seconds."""

MOST_EXPONENT = 1000
"""Exponents that are numbers lie between this and its negative."""

_SUMS = {ast.Add: "+", ast.Sub: "-"}
_PRODUCTS = {ast.Mult: "*", ast.Div: "/"}
_COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def tree_of(text: str, names: Iterable[str] | None, known: Collection[str] = ()) -> Node:
    """The tree of a formula.

    Args:
        text: As it was typed.
        names: What may stand in it besides numbers, functions, pi and e; None for any name.
        known: Of any names, those that are certainly no functions.

    Raises:
        FormulaError: It is no formula.
    """
    tokens = tokens_of(text)
    allowed = None if names is None else tuple(names)
    for token in tokens:
        if token.kind == "name":
            _check_word(token, text)
    tokens = completed(tokens, text, known if allowed is None else allowed)
    if allowed is not None:
        for token in tokens:
            if token.kind == "name" and token.text not in CONSTANTS and token.text not in allowed:
                raise _unknown_name(token, text, allowed)
    reader = _Reader(tokens, text)
    node = reader.read()
    _check_size(node, text)
    return node


def _check_word(token: Token, text: str) -> None:
    if keyword.iskeyword(token.text):
        raise FormulaError("reserved-name", text, token.place, name=token.text)
    if token.text.lower() in RESERVED:
        raise FormulaError("not-finite", text, token.place, name=token.text)


def _unknown_name(token: Token, text: str, names: Collection[str]) -> FormulaError:
    near = nearest(token.text, (*names, *CONSTANTS, *FUNCTIONS, *ALIASES))
    if near and len(token.text) > 1:
        return FormulaError("unknown-name-near", text, token.place, name=token.text, near=near)
    known = ", ".join((*names, *CONSTANTS))
    return FormulaError("unknown-name", text, token.place, name=token.text, known=known)


class _Reader:
    """The tokens of a text as Python's grammar sees them, and what it makes of them."""

    def __init__(self, tokens: list[Token], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.source = ""
        for index, token in enumerate(tokens):
            self.starts[len(self.source)] = index
            self.source += f"v{index}" if token.kind in ("number", "name", "function") else token.text
            self.ends[len(self.source)] = index
            self.source += " "

    def read(self) -> Node:
        """The tree."""
        try:
            tree = ast.parse(self.source, mode="eval")
        except SyntaxError as error:  # the grammar's own pass lets none through; a second wall
            raise self.refused((error.offset or 1) - 1) from None
        return self.node(tree.body)

    def refused(self, column: int) -> FormulaError:
        """The refusal of what the allow-list does not hold."""
        token = self.tokens[self.starts.get(column, len(self.tokens) - 1)]
        found = self.text[token.start : token.end]
        return FormulaError("not-arithmetic", self.text, token.place, found=found)

    def place(self, found: ast.expr) -> tuple[int, int]:
        """Where a part of the tree stands in the text as it was typed."""
        end = self.ends.get(found.end_col_offset or 0, len(self.tokens) - 1)
        return self.tokens[self.starts.get(found.col_offset, 0)].start, self.tokens[end].end

    def node(self, found: ast.expr) -> Node:
        """What a part of Python's tree stands for."""
        match found:
            case ast.Name(id):
                return self.leaf(self.tokens[int(id[1:])])
            case ast.UnaryOp(ast.USub(), operand):
                return Negative(self.node(operand))
            case ast.UnaryOp(ast.UAdd(), operand):
                return self.node(operand)
            case ast.BinOp(left, ast.Pow(), right):
                return self.power(self.node(left), right, self.place(found))
            case ast.BinOp(_, operator) if type(operator) in _SUMS:
                return Sum(*self.chain(found, _SUMS))
            case ast.BinOp(_, operator) if type(operator) in _PRODUCTS:
                return Product(*self.chain(found, _PRODUCTS))
            case ast.Call(ast.Name(id), arguments, []):
                return self.call(self.tokens[int(id[1:])], arguments)
            case ast.Compare():
                raise FormulaError("comparison", self.text, self.place(found))
        raise self.refused(found.col_offset)

    def leaf(self, token: Token) -> Node:
        """A number or a name."""
        if token.kind == "number":
            return Number(float(token.text))
        return Constant(token.text) if token.text in CONSTANTS else Name(token.text)

    def chain(
        self, found: ast.expr, signs: dict[type[ast.operator], str]
    ) -> tuple[Node, tuple[tuple[str, Node], ...]]:
        """The first operand of a chain of operators of one precedence, and the others with theirs."""
        others = []
        while isinstance(found, ast.BinOp) and type(found.op) in signs:
            others.append((signs[type(found.op)], self.node(found.right)))
            found = found.left
        return self.node(found), tuple(reversed(others))

    def power(self, base: Node, right: ast.expr, whole: tuple[int, int]) -> Node:
        """A power, whose exponent is bounded where it is a number."""
        exponent = self.node(right)
        try:
            number = number_of(exponent)
        except ArithmeticError:
            number = float("inf")
        if number is not None and not abs(number) <= MOST_EXPONENT:
            start, end = self.place(right)
            shown = self.text[start:end]
            raise FormulaError("exponent", self.text, (start, end), most=MOST_EXPONENT, exponent=f"`{shown}`")
        node = Power(base, exponent)
        try:
            number_of(node)
        except OverflowError:
            shown = self.text[whole[0] : whole[1]]
            raise FormulaError("number-too-large", self.text, whole, number=shown) from None
        except ArithmeticError:
            pass  # 0**-1 is infinite, and a root of -1 is NaN: results
        return node

    def call(self, token: Token, arguments: list[ast.expr]) -> Node:
        """A function of its arguments, or cases."""
        if token.kind != "function":
            raise unknown_function(token, self.text, ())
        function = FUNCTIONS[token.text]
        if not function.least <= len(arguments) <= function.most:
            many = f"{function.least} to {function.most}"
            raise FormulaError(
                "argument-count",
                self.text,
                token.place,
                name=self.text[token.start : token.end],
                wanted=function.least if function.least == function.most else many,
                count=len(arguments),
            )
        if token.text == "pow":
            return self.power(
                self.node(arguments[0]), arguments[1], (token.start, self.place(arguments[1])[1])
            )
        if token.text != "where":
            return Call(token.text, tuple(self.node(argument) for argument in arguments))
        condition, then, otherwise = arguments
        if not isinstance(condition, ast.Compare):
            raise FormulaError("condition", self.text, self.place(condition))
        signs = [_COMPARISONS[type(sign)] for sign in condition.ops if type(sign) in _COMPARISONS]
        if len(signs) != len(condition.ops):
            raise self.refused(condition.col_offset)
        others = tuple(zip(signs, (self.node(other) for other in condition.comparators), strict=True))
        return Cases(Comparison(self.node(condition.left), others), self.node(then), self.node(otherwise))


def _check_size(node: Node, text: str) -> None:
    count, cases, folded = _size(node)
    if count > MOST_NODES:
        raise FormulaError("too-large", text, most=MOST_NODES, count=count)
    if cases > MOST_CASES:
        raise FormulaError("too-many-cases", text, most=MOST_CASES, count=cases)
    if folded > MOST_FOLDED:
        names = ", ".join(f"`{name}`" for name in FOLDED)
        raise FormulaError("too-folded", text, names=names, most=MOST_FOLDED, count=folded)


def _size(node: "Node | Comparison") -> tuple[int, int, int]:
    """How many nodes there are, and how deep cases and the functions of `FOLDED` are nested."""
    sizes = [_size(child) for child in children(node)]
    count = 1 + sum(count for count, _, _ in sizes)
    cases = max((cases for _, cases, _ in sizes), default=0) + isinstance(node, Cases)
    folded = max((folded for _, _, folded in sizes), default=0)
    return count, cases, folded + (isinstance(node, Call) and node.function in FOLDED)
