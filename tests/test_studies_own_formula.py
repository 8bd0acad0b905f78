"""Your own: the part Formula, and a formula as a landscape on the other pages, against SciPy and by hand."""

import numpy as np
import pytest
from compiling import counted
from scipy.optimize import brentq, minimize
from visiting import rerun, rows, text, visit, warnings

from landscape.figures.heights import number
from landscape.formulas import FINDINGS
from landscape.studio import cached, formulated, landscapes, later, scripts
from landscape.studio.choosing.formulas import GOOD, STOPPED
from landscape.studio.formulated import FormulaChoice
from landscape.studio.studies.own.examples import EXAMPLES
from landscape.studio.texts import LANGUAGES, catalogue

pytestmark = pytest.mark.usefixtures("coarse")


def errors(app):
    return [error.value for error in app.error]


def typed(app, key, value):
    """Type into a field; the page may say that it is wrong."""
    app.text_input(key=key).set_value(value)
    app.run()
    assert not app.exception, [error.message for error in app.exception]
    return app


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_lowest_minimum_is_that_of_scipy(code):
    app = visit("own", lang=code, **{"const-a": "0.5"})
    assert warnings(app) == []
    lowest = minimize(lambda at: (at[0] ** 2 - 1) ** 2 + 0.5 * at[0] + at[1] ** 2, [-1.0, 0.3], tol=1e-12)
    said = "Lowest minimum found in this window: {loss}."
    words = (
        said
        if code == "en"
        else catalogue(code).ngettext(said, "Lowest minima found in this window: {count}, at {loss}.", 1)
    )
    assert words.format(loss=number(lowest.fun), count=1) in text(app)
    assert rows(app)[0][-1] == (
        "at the lowest minimum found"
        if code == "en"
        else catalogue(code).gettext("at the lowest minimum found")
    )


def test_the_critical_points_of_two_wells():
    points = cached.critical_points(FormulaChoice())
    # In one dimension: 4x³ − 4x + 1 = 0.
    ends = [(-2.0, -0.6), (-0.5, 0.5), (0.6, 2.0)]
    roots = [brentq(lambda x: 4 * x**3 - 4 * x + 1, low, high) for low, high in ends]
    np.testing.assert_allclose(sorted(at.point[0] for at in points), roots, atol=1e-9)
    assert [at.kind for at in sorted(points, key=lambda at: at.point[0])] == ["minimum", "saddle", "minimum"]


def test_a_minimum_above_the_edge_is_not_the_lowest():
    found = formulated.solved(FormulaChoice("x^3 - x + y^2", constants=(), domain=((-2, 2), (-2, 2))))
    assert [at.kind for at in found.points] == ["minimum", "saddle"]
    assert found.objective.minimizers is None
    assert found.objective.minimum is None


def test_no_number_compiles_anything():
    app = visit("own")
    with counted() as programs:
        for key, value in (("const-a", 1.7), ("const-b", 0.3), ("left-formula", -1.5), ("x", 0.7)):
            app.number_input(key=key).set_value(value)
            rerun(app)
            assert programs == [], key
    assert app.query_params["const-a"] == "1.7"
    assert (app.session_state["x"], app.session_state[GOOD].domain[0]) == (0.7, (-1.5, 2.0))


def test_what_is_chosen_stays_while_a_constant_moves():
    app = visit("own", x="0.5", y="-0.25", **{"lr-gd": "0.03"})
    app.number_input(key="const-a").set_value(2.0)
    rerun(app)
    assert {key: app.query_params[key] for key in ("x", "y", "lr-gd")} == {
        "x": "0.5",
        "y": "-0.25",
        "lr-gd": "0.03",
    }


def test_what_is_wrong_is_said_and_nothing_is_lost():
    app = visit("own", formula="x^2 + 2y^2")
    before = rows(app)
    typed(app, "formula", "x^2 + foo.bar")
    assert errors(app) == ["A formula holds nothing but arithmetic, got `.`."]
    assert "`x^2 + foo`:red-background[**`.`**]`bar`" in text(app)
    assert rows(app) == before
    assert app.text_input(key="formula").value == "x^2 + foo.bar"
    assert app.query_params["formula"] == "x^2 + 2y^2"
    typed(app, "formula", "x^2 + 3y^2")
    assert errors(app) == []
    assert app.query_params["formula"] == "x^2 + 3y^2"


@pytest.mark.parametrize(
    ("names", "said"),
    [("w", "A picture needs two parameters"), ("w,sin", "`sin` is a function"), ("w,w", "`w` twice")],
)
def test_names_that_are_none(names, said):
    app = visit("own", formula="x^2 + y^2")
    typed(app, "names", names)
    assert said in errors(app)[0]
    assert app.session_state[GOOD].parameters == ("x", "y")


def test_other_names():
    app = visit("own", formula="(w - 1)^2 + b^2 + x", names="w,b")
    assert warnings(app) == []
    assert app.session_state[GOOD].constants == (("x", 1.0),)
    assert "**w = −1.5, b = 1**" in text(app)


@pytest.mark.parametrize("page", ["own", "surfaces", "paths"])
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("x + ", "The formula ends"), ("x + " * 400 + "y", "at most 1000 characters"), ("__import__('os')", "")],
)
def test_a_bad_link_is_told_and_can_be_mended(page, wrong, reason):
    app = visit_with_error(page, landscape="formula", formula=wrong)
    (said,) = [warning for warning in warnings(app) if warning.startswith("Link:")][:1]
    assert "`formula`" in said
    assert reason in said
    assert app.text_input(key="formula").value == wrong
    assert errors(app)
    typed(app, "formula", "x^2 + y^2")
    assert errors(app) == []
    assert app.query_params["formula"] == "x^2 + y^2"


def visit_with_error(page, **params):
    """Open a page whose link is wrong: the field says so in red."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("visiting.rerun", lambda app: app.run())
        app = visit(
            page, {key: value for key, value in params.items() if page != "own" or key != "landscape"}
        )
    assert not app.exception, [error.message for error in app.exception]
    return app


ODD = {
    "sqrt(-1 - x^2 - y^2)": "nan-everywhere",
    "sqrt(x) + y^2": "partly-nan",
    "1e-300*(x^2 + y^2)": None,
    "0x + 3": "constant",
    "-x^2 - y^2": "unbounded-below",
    "(x*y - 1)^2": None,
}
OTHERS = [
    ("surfaces", {"landscape": "formula", "critical": "true", "field": "true", "height": "log"}),
    ("paths", {"landscape": "formula", "optimizers": "gd,newton", "height": "log"}),
    ("rates", {"landscape": "formula"}),
    ("rates", {"landscape": "formula", "study": "basins"}),
]


@pytest.mark.parametrize(
    ("page", "link", "formula"),
    [("own", {}, each) for each in ODD] + [(*other, each) for other in OTHERS for each in list(ODD)[:3]],
)
def test_odd_formulas_are_drawn_and_told_of(page, link, formula, monkeypatch):
    monkeypatch.setattr(later, "go_on", lambda work: None)
    app = visit(page, link, formula=formula)
    findings = formulated.solved(app.session_state[GOOD]).findings
    assert [finding.kind for finding in findings][:1] == ([ODD[formula]] if ODD[formula] else [])
    said = [FINDINGS[finding.kind].format(**finding.values).replace("-", "−") for finding in findings]
    assert warnings(app) == (["  \n".join(said)] if said else [])


def test_stopped_compiling_goes_on_when_asked():
    app = visit("own", formula="x^2 + y^4")
    app.session_state[STOPPED] = ("x^2 + y^6", ("x", "y"))
    typed(app, "formula", "x^2 + y^6")
    assert app.query_params["formula"] == "x^2 + y^4"
    assert app.text_input(key="formula").value == "x^2 + y^6"
    app.button(key="formula-go-on").click()
    rerun(app)
    assert app.query_params["formula"] == "x^2 + y^6"


def test_a_formula_goes_along_from_page_to_page():
    link = formulated.link(
        FormulaChoice("x^2 + c*y^2", constants=(("c", 2.5),), domain=((-1.0, 2.0), (-3.0, 3.0)))
    )
    chosen = [
        visit(page, landscape="formula", **link).session_state["formula-good"]
        for page in ("surfaces", "paths")
    ]
    assert (
        chosen
        == [FormulaChoice("x^2 + c*y^2", constants=(("c", 2.5),), domain=((-1.0, 2.0), (-3.0, 3.0)))] * 2
    )


def test_the_script_makes_the_same_objective():
    choice = FormulaChoice(constants=(("a", 0.3), ("b", 2.0)))
    names = {}
    exec(scripts.script(*scripts.objective(choice)), names)
    made, mine = names["objective"], landscapes.objective(choice)
    at = np.array([0.4, -1.2])
    assert float(made.loss(at)) == float(mine.loss(at)) == pytest.approx((0.16 - 1) ** 2 + 0.12 + 2 * 1.44)
    assert (made.domain, made.minimum) == (mine.domain, mine.minimum)
    np.testing.assert_array_equal(made.minimizers, mine.minimizers)
    np.testing.assert_array_equal(made.start, mine.start)


def test_the_examples_are_what_they_show(monkeypatch):
    app = visit("own")
    for name in ("banana", "cliff"):
        app.button(key=f"example-{name}").click()
        rerun(app)
        good, example = app.session_state[GOOD], EXAMPLES[name]
        assert (good.text, good.constants, good.domain) == (example.text, example.constants, example.domain)
        assert errors(app) == warnings(app) == []
