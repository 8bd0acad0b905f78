"""Formulas: their values, derivatives and LaTeX, as objectives and as models; nothing is compiled twice."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
from compiling import counted
from hypothesis import given, settings
from hypothesis import strategies as st

import landscape
from landscape import DATASETS, FUNCTIONS, LOSSES, OPTIMIZERS
from landscape.formulas import FINDINGS, FormulaError, diagnose, name_latex, parse

TYPED = {
    "bowl": "x² + y²",
    "ravine": "(x^2 + 25y^2)/2",
    "booth": "(x + 2y - 7)^2 + (2x + y - 5)^2",
    "saddle": "x^2 - y^2",
    "monkey-saddle": "x^3 - 3x*y^2",
    "rosenbrock": "(1 - x)**2 + 100*(y - x**2)**2",
    "beale": "(1.5 - x + x y)^2 + (2.25 - x + x y²)² + (2.625 - x + x*y**3)**2",
    "himmelblau": "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    "six-hump-camel": "(4 - 2.1x^2 + x^4/3)*x^2 + x y + (4y^2 - 4)*y^2",
    "styblinski-tang": "(x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y)/2",
    "goldstein-price": "(1 + (x + y + 1)^2*(19 - 14x + 3x^2 - 14y + 6x y + 3y^2))"
    "(30 + (2x - 3y)²(18 − 32x + 12x² + 48y − 36x·y + 27y²))",
    "mccormick": "sin(x + y) + (x - y)^2 - 1.5x + 2.5y + 1",
    "branin": "(y - 5.1/(4π²)*x^2 + 5/pi*x - 6)^2 + 10(1 - 1/(8pi))cos(x) + 10",
    "easom": "-cos(x)cos(y)exp(-(x - π)^2 - (y - π)^2)",
    "rastrigin": "20 + x² − 10cos(2π x) + y² − 10cos(2π y)",
    "ackley": "-20exp(-0.2√((x^2 + y^2)/2)) - e^((cos(2pi*x) + cos(2pi*y))/2) + 20 + e",
    "plateau": "(sigmoid(y - x) - 1/4)^2 + (sigmoid(y + x) - 0.75)^2",
    "cliff": "y^2/2 - x + softplus(50x)",
}
TEN_DIGITS = {"rtol": 1e-10, "atol": 1e-10}


def derivatives(objective, point):
    point = jnp.asarray(point, float)
    return objective.loss(point), jax.grad(objective.loss)(point), jax.hessian(objective.loss)(point)


def test_every_function_is_typed():
    assert set(TYPED) == set(FUNCTIONS)


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_function_is_the_built_in_one(name):
    typed, built_in = landscape.formula(TYPED[name]), FUNCTIONS[name]
    point = np.array(built_in.known_point) + [0.03, -0.02]
    assert typed.loss(built_in.known_point) == pytest.approx(built_in.known_value, rel=1e-9)
    for ours, theirs in zip(derivatives(typed, point), derivatives(built_in, point), strict=True):
        np.testing.assert_allclose(ours, theirs, **TEN_DIGITS)
        assert ours.dtype == jnp.float64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sin(x)", math.sin(0.7)), ("cos(x)", math.cos(0.7)), ("tan(x)", math.tan(0.7)),
        ("asin(x)", math.asin(0.7)), ("arccos(x)", math.acos(0.7)), ("atan(x)", math.atan(0.7)),
        ("atan2(x, −y)", math.atan2(0.7, -1.3)), ("sinh(x)", math.sinh(0.7)), ("cosh(x)", math.cosh(0.7)),
        ("tanh(x)", math.tanh(0.7)), ("asinh(x)", math.asinh(0.7)), ("acosh(y)", math.acosh(1.3)),
        ("atanh(x)", math.atanh(0.7)), ("exp(x)", math.exp(0.7)), ("expm1(x)", math.expm1(0.7)),
        ("ln(x)", math.log(0.7)), ("log2(x)", math.log2(0.7)), ("log10(x)", math.log10(0.7)),
        ("log1p(x)", math.log1p(0.7)), ("√x", math.sqrt(0.7)), ("∛(−x)", -(0.7 ** (1 / 3))),
        ("abs(−x)", 0.7), ("sign(−x)", -1.0), ("floor(−x)", -1.0), ("ceil(y)", 2.0), ("mod(−x, y)", 0.6),
        ("min(x, y, 1)", 0.7), ("max(x, y, 1)", 1.3), ("clip(y, 0, 1)", 1.0),
        ("hypot(x, y)", math.hypot(0.7, 1.3)),
        ("pow(−x, 3)", -0.343), ("sigmoid(x)", scipy.special.expit(0.7)),
        ("softplus(x)", math.log1p(math.exp(0.7))), ("relu(−x)", 0.0), ("erf(x)", math.erf(0.7)),
        ("where(0 < x ≤ 0.7, 1, 2)", 1.0), ("where(x ≠ y, where(y >= 2, 3, 4), 5)", 4.0),
        ("2x y", 1.82), ("-x^2", -0.49), ("2^-1 x + 2^2^0.5", 0.35 + 2 ** (2**0.5)), ("1 - x - y", -1.0),
        ("x/y/2", 0.7 / 1.3 / 2), ("x⁻²", 0.7**-2), ("x²(y + 1)(y − 1)", 0.49 * 0.69), ("2e", 2 * math.e),
        ("2e1x", 14.0), (".5x", 0.35), ("3√x", 3 * math.sqrt(0.7)), ("e^x", math.exp(0.7)), ("2 - -x", 2.7),
    ],
)  # fmt: skip
def test_a_formula_means_what_its_reader_means(text, expected):
    assert float(parse(text, ("x", "y")).evaluate({"x": 0.7, "y": 1.3})) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("(1 - x)**2 + 100*(y - x**2)**2", r"\left( 1 - x \right)^{2} + 100 \left( y - x^{2} \right)^{2}"),
        ("(x + y)/(2x)*y", r"\frac{x + y}{2 x} y"),
        ("(x/y)^2 - (x^2)^3", r"\left( \frac{x}{y} \right)^{2} - \left( x^{2} \right)^{3}"),
        ("x - (y - 1) + (x + 1)", r"x - \left( y - 1 \right) + \left( x + 1 \right)"),
        ("(x + 1) - ((x*y)*2)", r"x + 1 - x y \cdot 2"),
        ("-x*2/3 + (-x)^2", r"-\frac{x \cdot 2}{3} + \left( -x \right)^{2}"),
        ("x*(-y)", r"x \left( -y \right)"),
        ("2*3*x^y^2", r"2 \cdot 3 x^{y^{2}}"),
        ("sqrt(x^2 + 1)*abs(x)^3", r"\sqrt{x^{2} + 1} \left| x \right|^{3}"),
        ("exp(-x)^2", r"\left( e^{-x} \right)^{2}"),
        ("where(0 < x <= 1, x, -x) + 1",
         r"\left( \begin{cases} x & \text{if } 0 < x \le 1 \\ -x & \text{otherwise} \end{cases} \right) + 1"),
        ("1e-3 x + 2.5e20 + 1e300y", r"0.001 x + 2.5 \cdot 10^{20} + 10^{300} y"),
        ("pi x + log1p(-y) - expm1(x)",
         r"\pi x + \log \left( 1 + \left( -y \right) \right) - \left( e^{x} - 1 \right)"),
        ("max(x, y + 1)", r"\max \left( x, y + 1 \right)"),
        ("2*mod(x, 3) + mod(-x, y)",
         r"2 \left( x \bmod 3 \right) + \left( \left( -x \right) \bmod y \right)"),
        ("2*(3/4)*x + 2*3^(1/2)", r"2 \cdot \frac{3}{4} x + 2 \cdot 3^{\frac{1}{2}}"),
        ("where(where(x < 0, 1, 2) < y, 1, 2)",
         r"\begin{cases} 1 & \text{if } \left( \begin{cases} 1 & \text{if } x < 0 \\ 2 & \text{otherwise} "
         r"\end{cases} \right) < y \\ 2 & \text{otherwise} \end{cases}"),
    ],
)  # fmt: skip
def test_latex_is_what_a_hand_would_write(text, latex):
    assert parse(text, ("x", "y")).latex == latex


def test_names_are_set_as_mathematics():
    names = ("x", "b1", "w_1", "theta", "θ", "λ_2", "rate", "w_max", "온도", "phi")
    assert [name_latex(name) for name in names] == [
        *("x", "b_{1}", "w_{1}", r"\theta", r"\theta", r"\lambda_{2}", r"\mathrm{rate}"),
        *(r"w_{\mathrm{max}}", r"\text{온도}", r"\varphi"),
    ]


def _typed(pieces):
    return st.one_of(
        st.tuples(pieces, st.sampled_from(["+", "-", "*", "/"]), pieces).map(" ".join),
        pieces.map(lambda piece: f"({piece})"),
        pieces.map(lambda piece: f"-({piece})"),
        st.tuples(pieces, st.integers(0, 3)).map(lambda pair: f"({pair[0]})**{pair[1]}"),
        st.tuples(st.sampled_from(["sin", "tanh", "atan", "cos"]), pieces).map(
            lambda pair: f"{pair[0]}({pair[1]})"
        ),
        pieces.map(lambda piece: f"-{piece}" if not piece.startswith("-") else piece),
    )


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.recursive(st.sampled_from(["x", "y", "2", "0.5", "3.25", "10"]), _typed, max_leaves=14))
def test_random_formulas_have_the_values_that_python_gives_them(text):
    try:
        expected = eval(text, {"x": 0.7, "y": -1.3, **vars(math)})  # made here, of nothing but the above
    except ArithmeticError:
        return
    try:
        ours = float(parse(text.replace("**", "^"), ("x", "y")).evaluate({"x": 0.7, "y": -1.3}))
    except FormulaError as error:
        assert error.kind in ("too-deep", "too-long")  # noqa: PT017
        return
    assert ours == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_whole_powers_are_differentiable_everywhere():
    cube = landscape.formula("x^2 + y^3")
    value, gradient, hessian = derivatives(cube, [0.0, -2.0])
    assert (float(value), gradient.tolist()) == (-8.0, [0.0, 12.0])
    assert hessian.tolist() == [[2.0, 0.0], [0.0, -12.0]]


@pytest.mark.parametrize(
    ("text", "slope"), [("abs(x)", 0.0), ("relu(x)", 0.0), ("min(x, 3x)", 2.0), ("max(x, 0)", 0.5)]
)
def test_the_derivative_at_a_kink_is_what_is_said(text, slope):
    assert jax.grad(landscape.formula(text).loss)(jnp.zeros(2)).tolist() == [slope, 0.0]


def test_the_case_that_does_not_hold_leaves_the_derivatives_alone():
    own = landscape.formula("where(x > 0, sqrt(x), x^2) + where(y ≠ 0, sin(y)/y, 1)")
    points = jnp.array([[-1.0, 0.0], [0.0, 0.0], [4.0, 1.0]])
    both = jax.jit(jax.vmap(lambda point: (jax.grad(own.loss)(point), jax.hessian(own.loss)(point))))
    gradients, hessians = both(points)
    slope = math.cos(1.0) - math.sin(1.0)
    np.testing.assert_allclose(gradients, [[-2.0, 0.0], [0.0, 0.0], [0.25, slope]], atol=1e-15)
    assert np.isfinite(hessians).all()


def test_other_constants_and_the_same_text_again_compile_nothing():
    program = jax.jit(lambda loss, point: jax.value_and_grad(loss)(point))
    point = jnp.array([0.5, -0.5])
    program(landscape.formula("a*x^2 + cos(b*y)", a=1.0, b=2.0).loss, point)
    with counted() as compiled:
        value, gradient = program(landscape.formula("a x² + cos(b y)", b=3, a=7).loss, point)
        assert float(value) == pytest.approx(7 * 0.25 + math.cos(1.5))
        assert gradient.tolist() == pytest.approx([7.0, 3 * math.sin(1.5)])
    assert compiled == []


def test_everything_works_as_for_a_built_in_landscape():
    own = landscape.formula("(x^2 + y - 11)^2 + (x + y^2 - 7)^2")
    built_in = FUNCTIONS["himmelblau"]
    found = [at for at in landscape.critical_points(own) if at.kind == "minimum"]
    np.testing.assert_allclose(
        sorted(map(list, (at.point for at in found))), sorted(built_in.minimizers.tolist()), atol=1e-6
    )
    np.testing.assert_allclose(
        landscape.evaluate(own, resolution=21).values, landscape.evaluate(built_in, resolution=21).values
    )
    optimizer = OPTIMIZERS["gd"].build(learning_rate=0.01)
    path = landscape.descend(own, optimizer, start=built_in.start, num_steps=20)
    np.testing.assert_allclose(
        path.params, landscape.descend(built_in, optimizer, num_steps=20).params, rtol=1e-12
    )
    rates = [1e-3, 1e-2, 1.0]
    runs = [landscape.sweep(each, "gd", rates, start=[1.0, 1.0], num_steps=20) for each in (own, built_in)]
    assert runs[0].outcomes.tolist() == runs[1].outcomes.tolist()
    np.testing.assert_allclose(runs[0].final_losses[:2], runs[1].final_losses[:2], rtol=1e-12)
    known = own.replace(minimizers=built_in.minimizers, minimum=0.0)
    maps = [landscape.basins(each, optimizer, resolution=8, num_steps=50) for each in (known, built_in)]
    assert maps[0].labels.tolist() == maps[1].labels.tolist()


def test_parameters_may_be_any_number_and_a_valley_is_allowed():
    own = landscape.formula("θ₁² + w_2", parameters=("θ1", "w_2", "unused"))
    assert (own.start.shape, own.domain, own.num_parameters) == ((3,), None, 3)
    assert jax.grad(own.loss)(jnp.array([2.0, 1.0, 5.0])).tolist() == [4.0, 1.0, 0.0]
    assert landscape.formula("x^2", parameters="x").start.shape == (1,)


def test_values_are_broadcast_and_missing_ones_told():
    expression = parse("where(x < y, x, y)*2", ("x", "y"))
    values = expression.evaluate({"x": np.arange(3.0)[:, None], "y": [0.5, 1.5]})
    assert values.tolist() == [[0.0, 0.0], [1.0, 2.0], [1.0, 3.0]]
    with pytest.raises(ValueError, match="`values` must hold each name of the formula, got none for y"):
        expression.evaluate({"x": 1.0})


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("sqrt(-1 - x^2) + y", ["nan-everywhere", "start-not-finite"]),
        ("exp(1000 + x^2) + y^2", ["nowhere-finite", "start-not-finite"]),
        ("sqrt(x + 4.5) + y^2", ["partly-nan"]),
        ("3 + 0x", ["constant"]),
        ("log(x^2 + y^2)", ["infinitely-low"]),
        ("x^2 - y^2", ["unbounded-below"]),
        ("x + y", ["unbounded-below"]),
        ("y^2 - log(1 + x^2)", ["unbounded-below"]),
        ("sqrt(y - 2.2) + x^2", ["partly-nan", "gradient-not-finite"]),
        ("atan(x) + y^2", []),
        ("-exp(-x^2 - y^2)", []),
        ("1/(1 + x^2) + y^2", []),
        ("exp(x^2 + y^2)", []),
        ("1e307*(x^2 - 17) + y", []),
    ],
)
def test_what_is_legal_and_no_good_is_found(text, kinds):
    findings = diagnose(landscape.formula(text))
    assert [finding.kind for finding in findings] == kinds
    for finding in findings:
        assert str(finding) == FINDINGS[finding.kind].format(**finding.values)


@pytest.mark.parametrize("name", ["bowl", "rosenbrock", "himmelblau", "ackley", "cliff", "plateau", "easom"])
def test_nothing_is_found_in_a_good_landscape(name):
    assert diagnose(FUNCTIONS[name]) == []


def test_a_typed_model_is_fitted_as_the_built_in_one():
    data = DATASETS["diabetes"].select("s1", "s2")
    typed = landscape.model_formula("c + w1*u + w2*v", variables=("u", "v"), parameters=("w1", "w2", "c"))
    assert (typed.affine, typed.num_features, hash(typed)) == (True, 2, hash(typed))
    ours = landscape.empirical_risk(typed, data, LOSSES["mse"])
    optimizer = OPTIMIZERS["levenberg-marquardt"].build()
    end = landscape.descend(ours, optimizer, num_steps=30).params
    design = np.column_stack([data.inputs, np.ones(data.num_examples)])
    expected = np.linalg.lstsq(design, data.targets, rcond=None)[0]
    np.testing.assert_allclose([end[name][-1] for name in ("w1", "w2", "c")], expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "affine"),
    [
        ("b1 + b2 x", True), ("b1*exp(x) - b2/x", True), ("where(x < 1, b1, b2 x)", True),
        ("b2 + b1*2*x/3", True),
        ("b1*(1 - exp(-b2*x))", False), ("b1*b2*x", False), ("x/b1 + b2", False),
        ("where(b1 < x, b1, b2)", False),
        ("b1^2 + b2", False),
    ],
)  # fmt: skip
def test_what_is_affine_in_the_parameters_is_known(text, affine):
    assert landscape.model_formula(text).affine is affine


def test_a_model_names_what_it_lacks():
    with pytest.raises(FormulaError, match="The parameter `b2` must stand in the formula"):
        landscape.model_formula("b1*x")
    with pytest.raises(FormulaError, match="Each name must be given once, got `x` twice"):
        landscape.model_formula("x", variables=("x",), parameters=("x",))
    model = landscape.model_formula("b1 + b2*k", k=3.0)
    assert model.predict({"b1": 1.0, "b2": 2.0}, [[0.0], [5.0]]).tolist() == [7.0, 7.0]
    assert model.init(jax.random.key(0), 1).keys() == {"b1", "b2"}
