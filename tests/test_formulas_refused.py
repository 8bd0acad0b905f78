"""Formulas: whatever is no arithmetic is refused, with the place marked; fuzzed."""

import math
import pickle
import re
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landscape
from landscape.formulas import FUNCTIONS, KINDS, Expression, FormulaError, free_names, parse

NAMES = ("x", "y")
FUZZ = settings(max_examples=400, deadline=None, derandomize=True, database=None)

ESCAPES = (
    "__import__('os').system('true')", "().__class__.__bases__[0].__subclasses__()", "x.__class__",
    "x.real", "x.__init__.__globals__", "getattr(x, 'real')", "eval('1')", "exec('x = 1')",
    "open('/etc/passwd')",
    "lambda: 0", "(lambda: x)()", "lambda x: x", "[x for x in (1,)]", "{x: 1}", "{x}", "[x]", "x[0]",
    "x[0:1]",
    "(x for x in y)", "'x'", '"x"', "b'x'", "f'{x}'", "x if y else 1", "x and y", "x or y", "not x", "x in y",
    "x is y", "(x := 1)", "x = 1", "x == 1", "x; y", "import os", "await x", "yield x", "(yield)", "print(x)",
    "x @ y", "x % 2", "x // 2", "x << 2", "x >> 2", "x & y", "x | y", "~x", "x!", "1j", "3 + 4j", "True",
    "None",
    "False", "...", "x, y", "(x, y)", "max(*x)", "max(**x)", "max(x, y, key=sin)", "sin(x=1)", "sin(x)(y",
    "x(y)",
    "sin(x).real", "sin.__call__(x)", "globals()", "breakpoint()", "vars()", "dir(x)", "type(x)",
    "__builtins__",
    "__name__", "_", "_x", "x__y", "x_", "ｅｖａｌ(x)", "ｘ", "𝑥", "х", "x\u200b", "\ufeffx", "x\u202ey",
    "x\x00", "\x00", "x\ty", "x\n+ y", "x\\\n+ y", "x # y", "x\r", "x\\u0041", "0x1g", "1_000", "0_1",
    "del x", "return x", "raise x", "assert x", "with x", "class x", "def x", "for x", "while x", "global x",
    "async x", "match x", "case x", "x ? y", "x $ y", "`x`", "x -> y", "inf", "nan", "∞", "x\ud800", "☃",
    "x!y",
)  # fmt: skip
"""Attempts to say something that is no arithmetic."""

HEAVY = (
    "(" * 500, "(" * 300 + "x" + ")" * 300, "-" * 900 + "x", "+-" * 400 + "x", "x" + "^x" * 400, "sin(" * 200,
    "9**9**9**9", "9^9^9^9^9", "x^9^9", "x^(10^400)", "10^400", "10**400*x", "9" * 999, "1e999", "1e-999",
    "0." + "0" * 400 + "1",
    "x^1001", "x^-1001.5", "x" * 1001, "x+" * 499 + "x", "1e309 x", "2^3^4^5", "√" * 900 + "x",
    "x" + "²" * 5 + "⁹" * 90,
    "where(x<1," * 7 + "x" + ",y)" * 7, "min(" * 40 + "x" + ",y)" * 40, "[" * 900, "x<" * 450 + "x",
    "2" + " 2" * 400, "hypot(x," * 7 + "y" + ")" * 7, "softplus(atanh(" * 4 + "x" + "))" * 4,
    "exp(x)*" * 140 + "x", "," * 900, "x " * 500, "(" + "x)(" * 300, "1/" * 450 + "0",
)  # fmt: skip
"""What would cost time or memory, or break Python's own parser."""


@pytest.mark.parametrize("text", ESCAPES, ids=range(len(ESCAPES)))
def test_an_escape_is_refused_with_its_place(text):
    with pytest.raises(FormulaError) as refused:
        parse(text, NAMES)
    start, end = refused.value.place
    assert 0 <= start < end <= len(text) + 1
    assert refused.value.text == text
    sentence, typed, carets = str(refused.value).split("\n")
    assert sentence.endswith(".") or "?" in sentence
    assert set(carets.strip()) == {"^"}
    assert len(typed) > 2


@pytest.mark.parametrize("text", HEAVY, ids=range(len(HEAVY)))
def test_what_is_too_much_is_refused_at_once(text):
    begun = time.perf_counter()
    with pytest.raises(FormulaError):
        parse(text, NAMES)
    assert time.perf_counter() - begun < 1.0  # a hundredth of it here


@pytest.mark.parametrize(
    ("text", "kind", "marked"),
    [
        ("", "empty", None),
        ("   ", "empty", None),
        ("x + sqr(y)", "unknown-function-near", "sqr"),
        ("x + Sin(y)", "unknown-function-near", "Sin"),
        ("x + f(y)", "unknown-function", "f"),
        ("x(y + 1)", "name-called", "x"),
        ("x + z", "unknown-name", "z"),
        ("x + sqrtt", "unknown-name-near", "sqrtt"),
        ("sin x", "function-without-arguments", "sin"),
        ("x + sin", "function-without-arguments", "sin"),
        ("sin²(x)", "power-of-function", "sin"),
        ("atan2(x)", "argument-count", "atan2"),
        ("x + min(y)", "argument-count", "min"),
        ("1/2x", "ambiguous-product", "2x"),
        ("1/x² y", "ambiguous-product", "² y"),
        ("2^3x", "ambiguous-product", "3x"),
        ("x/(y)(x)", "ambiguous-product", ")("),
        ("√x²", "ambiguous-power", "√x²"),
        ("x 2", "missing-operator", "2"),
        ("x + * y", "missing-operand", "*"),
        ("x + ()", "missing-operand", ")"),
        ("max(x,)", "missing-operand", ")"),
        ("(x + y", "unclosed-parenthesis", "("),
        ("x + y)", "unopened-parenthesis", ")"),
        ("0,5 x", "comma", ","),
        ("|x|", "bars", "|"),
        ("[x]", "brackets", "["),
        ("y = x", "equation", "="),
        ("1 + (x < y)", "comparison", "x < y"),
        ("where(x, 1, 2)", "condition", "x"),
        ("where((x < 0) + 1 < 2, 1, 2)", "comparison", "x < 0"),
        ("lambda x", "reserved-name", "lambda"),
        ("x + 1e999", "number-too-large", "1e999"),
        ("x + 2·10^400", "number-too-large", "10^400"),
        ("x + 1e-999", "number-too-small", "1e-999"),
        ("x^(2000 − 1)", "exponent", "2000 − 1"),
        ("x·θ + ｙ", "unknown-name", None),
        ("θ·x + ｙ", "character-near", "ｙ"),
        ("αβ − x − 온도·y!", "not-arithmetic", "!"),
        ("x//y", "not-arithmetic", "//"),
        ("x__1", "bad-name", "x__1"),
        ("∞ x", "not-finite", "∞"),
    ],
)
def test_the_place_is_in_the_text_as_it_was_typed(text, kind, marked):
    names = NAMES if kind == "unknown-name" else (*NAMES, "θ", "αβ", "온도")
    if kind == "unknown-name" and "ｙ" in text:
        kind, marked = "character-near", "ｙ"
    with pytest.raises(FormulaError) as refused:
        parse(text, names)
    error = refused.value
    assert error.kind == kind
    if marked is not None:
        assert text[slice(*error.place)] == marked
    assert str(error).startswith(KINDS[kind].format(**error.values))
    again = pickle.loads(pickle.dumps(error))
    assert (again.kind, again.values, again.place, str(again)) == (
        kind,
        error.values,
        error.place,
        str(error),
    )


def test_where_a_formula_breaks_off_is_marked_behind_it():
    with pytest.raises(FormulaError) as refused:
        parse("x + ", NAMES)
    assert (refused.value.kind, refused.value.place) == ("missing-end", (3, 4))
    assert str(refused.value).endswith("\n  x + \n     ^")


def test_the_caret_stands_below_wide_letters_and_in_long_formulas():
    with pytest.raises(FormulaError) as refused:
        parse("온도 + z", ("온도",))
    assert str(refused.value).splitlines()[-1] == "  " + " " * 7 + "^"
    with pytest.raises(FormulaError) as refused:
        parse("x + " * 100 + "z" + " + x" * 100, NAMES)
    _, typed, carets = str(refused.value).splitlines()
    assert typed[carets.index("^")] == "z"
    assert len(typed) <= 80


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"parameters": ()}, "name-count"),
        ({"parameters": [f"x{index}" for index in range(17)]}, "name-count"),
        ({"parameters": ("x", "x")}, "name-twice"),
        ({"parameters": ("x", "sin")}, "name-taken"),
        ({"parameters": ("x", "ln")}, "name-taken"),
        ({"parameters": ("x", "pi")}, "name-taken"),
        ({"parameters": ("x", "π")}, "name-taken"),
        ({"parameters": ("x", "2y")}, "bad-name"),
        ({"parameters": ("x", "")}, "bad-name"),
        ({"parameters": ("x", 3)}, "bad-name"),
        ({"parameters": ("x", "__class__")}, "bad-name"),
        ({"parameters": ("x", "lambda")}, "reserved-name"),
        ({"parameters": ("x", "NaN")}, "not-finite"),
        ({"x": 1.0}, "name-twice"),
        ({"e": 1.0}, "name-taken"),
        ({"a": 1.0}, "unused-constant"),
        ({"a": math.inf}, "constant-value"),
        ({"a": "much"}, "constant-value"),
        ({"a": 10**5000}, "constant-value"),
        ({"parameters": (10**5000,)}, "bad-name"),
    ],
    ids=range(20),
)
def test_names_and_constants_are_checked(given, kind):
    with pytest.raises(FormulaError) as refused:
        landscape.formula("x", **given)
    assert refused.value.kind == kind
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"], 10**5000], ids=range(5))
def test_what_is_no_text_is_refused(text):
    with pytest.raises(FormulaError, match="must be text") as refused:
        landscape.formula(text)
    assert refused.value.kind == "not-text"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_is_a_name_and_a_sentence(name):
    assert re.fullmatch("[a-z]+(-[a-z]+)*", name)
    assert KINDS[name].endswith((".", "?"))


def test_free_names_are_neither_functions_nor_numbers():
    assert free_names("a sin(b x) + e^(-λ y) + pi c₁ + a", ("x", "y")) == ("a", "b", "λ", "c1")
    with pytest.raises(FormulaError, match="did you mean `sin`"):
        free_names("sine(x)", ("x", "y"))
    with pytest.raises(FormulaError) as refused:
        free_names("x(y)", ("x", "y"))
    assert refused.value.kind == "name-called"


def _works_or_is_refused(text):
    try:
        expression = parse(text, NAMES)
    except FormulaError as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert refused.kind in KINDS
        assert refused.place is None or 0 <= refused.place[0] < refused.place[1] <= len(text) + 1
        return
    assert isinstance(expression, Expression)
    assert expression.latex.count("{") == expression.latex.count("}")
    assert parse(text, NAMES) == expression
    value = expression.evaluate({"x": 0.7, "y": -1.3})
    assert (value.shape, value.dtype) == ((), float)


NASTY = st.sampled_from([
    *"xy01239+-*/^().,<>=!_ eEjJ|&%~@#$`'\"\\[]{}:;?", *"²³⁻¹√∛·×−÷≤≥≠π∞θλｘ𝑥х\u200b\u00a0\t\n\x00\ud800가",
])  # fmt: skip


@FUZZ
@given(st.text(NASTY, max_size=40) | st.text(max_size=30))
def test_any_text_is_a_formula_or_refused(text):
    _works_or_is_refused(text)


PARTS = (
    *("x", "y", "2", "0.5", "1e3", "pi", "e", "(", "(", ")", ")", ",", "+", "-", "*", "/", "^", "**", " "),
    *("²", "⁻¹", "√", "<", "<=", "where(", "if", "lambda", ".", "__class__", "=", "[", "'"),
    *(f"{name}(" for name in FUNCTIONS),
)


@FUZZ
@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_any_tokens_are_a_formula_or_refused(text):
    _works_or_is_refused(text)


@FUZZ
@given(st.text(string.ascii_letters + "_αβγｓин가₁", min_size=1, max_size=12))
def test_any_word_is_a_name_or_refused(word):
    try:
        found = free_names(word, ())
    except FormulaError:
        return
    for name in found:
        assert name.isidentifier()
        assert parse(name, (name,)).names == (name,)


def test_functions_that_fold_say_so_themselves():
    with pytest.raises(
        FormulaError, match=r"`hypot`, .* must stand in each other at most 6 deep, got 7"
    ) as refused:
        parse("hypot(x," * 7 + "y" + ")" * 7, ("x", "y"))
    assert refused.value.kind == "too-folded"
