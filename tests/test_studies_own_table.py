"""Your own: a table and a model, as the page shows and gives them away."""

import json
import re

import compiling
import jax
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from taking import loaded, printed, table, taken
from visiting import MAIN, PATIENCE, go, text, visit, warnings

import landscape
from landscape import MODELS, OPTIMIZERS
from landscape.datasets import KINDS, TableError
from landscape.formulas import FormulaError
from landscape.studio import fitted, plot, tabled
from landscape.studio.encoding import encode_array
from landscape.studio.fitted import Walk
from landscape.studio.studies.own import table_source, table_words
from landscape.studio.tabled import EXAMPLES, Columns, Held, Memory, Reading, Setup
from landscape.studio.texts import LANGUAGES, catalogue

LM = (("damping", 0.001),)
ROWS = b"x1,x2,y\n" + b"\n".join(
    b"%g,%g,%g" % (a, b, 1.5 + 0.5 * a - 2 * b + 0.1 * (-1) ** i)
    for i, (a, b) in enumerate([(0, 1), (1, 3), (2, 2), (4, 0), (5, 1), (3, 3), (2, 5), (6, 4)])
)


@pytest.fixture(autouse=True, scope="module")
def coarse_grids():
    """Small pictures: no test here asks for a height of the surface beside those of a script."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitted, "SIZES", (9,))
        patch.setattr(fitted, "TRIAL_STEPS", 100)
        yield


def opened(held=None, table=None, **link):
    """The part, with a file of the reader's if there is one; what it raises fails."""
    app = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    app.switch_page("views/own.py")
    app.query_params.update({"part": "table", "wide": "true", **link})
    if table is not None:
        app.query_params["data-table"] = table
    if held is not None:
        app.session_state[table_source.HELD] = held
    app.run()
    assert not app.exception, [error.message for error in app.exception]
    return app


def estimates(app):
    """The table of the parameters: name → cells."""
    found = next(part.value for part in app.markdown if part.value.startswith("| "))
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()[2:]]
    return {cells[0].strip("`"): cells[1:] for cells in lines}


def as_number(text):
    mantissa, _times, power = text.replace("−", "-").partition("×10")
    return float(mantissa) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("number", [0, 1])
def test_nist_s_certified_values_are_reached_on_the_page(name, number):
    known = EXAMPLES[name]
    start = {f"start-b{place + 1}-table": repr(value) for place, value in enumerate(known.starts[number])}
    app = opened(table=name, **start)
    assert not app.error
    assert not app.warning
    digits = float(re.search(r"certified values in ([\d.]+) digits", text(app)).group(1))
    assert digits >= 6
    for place, cells in enumerate(estimates(app).values()):
        last, best, error = (as_number(cell) for cell in cells[:3])
        np.testing.assert_allclose([last, best], known.certified[place], rtol=1e-6)
        np.testing.assert_allclose(error, known.deviations[place], rtol=2e-3)
    said = re.search(r"residual standard deviation ([\d.]+)", text(app)).group(1)
    np.testing.assert_allclose(float(said), known.residual_deviation, rtol=1e-6)


def test_an_optimizer_that_fails_is_said_to_fail():
    said = text(opened(table="boxbod", **{"optimizer-table": "gauss-newton"}))
    assert "fails from this start" in said
    assert "194.7" in said
    assert "No digit agrees" in said
    said = text(opened(table="boxbod", **{"optimizer-table": "gd"}))
    assert "has not arrived" in said
    assert "gradient norm" in said


def test_a_plateau_is_told_from_a_slope():
    """Where b2 is large every b2 is as good: the mean of the data is all that is left to find."""
    known, memory = EXAMPLES["boxbod"], Memory()
    held = tabled.example("boxbod")
    setup, data = setup_of(memory, held, known.text)
    risk = tabled.risk(memory, setup, data)
    walk = Walk("gd", (("learning_rate", 0.1),), (150.0, 60.0), 200)
    path = fitted.walked(risk, data, walk)
    fit = fitted.best(risk, setup, data, [np.array(known.certified)])
    found = fitted.arrival(risk, path, fit, 200)
    assert found.outcome == "level"
    np.testing.assert_allclose(found.loss, np.var(data.targets), rtol=1e-6)
    slope = jax.grad(risk.loss)(jax.tree.map(lambda leaf: leaf[200], path.params))
    np.testing.assert_allclose(found.slope, np.hypot(*slope.values()), rtol=1e-9, atol=1e-12)


def setup_of(memory, held, formula=None, model="linear", columns=None, **changes):
    columns = columns or Columns("y", ("x",))
    data = tabled.dataset(memory, held, Reading(), columns)
    parsed = None if formula is None else tabled.parse(formula, columns.features)
    name = tabled.TYPED if formula else model
    return Setup(held.digest, Reading(), columns, name, parsed, **changes), data


def test_a_linear_regression_s_standard_errors_are_those_of_the_closed_form():
    link = {"model-table": "linear", "features-table": "x1,x2", "target-table": "y"}
    app = opened(Held("own.csv", ROWS), table="file", **link)
    rows = np.array([line.split(b",") for line in ROWS.splitlines()[1:]], float)
    inputs = np.c_[np.ones(len(rows)), rows[:, :2]]
    solution, squares = np.linalg.lstsq(inputs, rows[:, 2], rcond=None)[:2]
    errors = np.sqrt(np.diag(np.linalg.inv(inputs.T @ inputs)) * squares[0] / (len(rows) - 3))
    found = estimates(app)
    assert list(found) == ["b", "w1", "w2"]
    shown = np.array([[as_number(cell) for cell in cells[1:3]] for cells in found.values()])
    np.testing.assert_allclose(shown[:, 0], solution, rtol=1e-7)
    np.testing.assert_allclose(shown[:, 1], errors, rtol=1e-3)
    # 97.5 % of Student's t with 5 degrees of freedom, from the printed table
    low, high = fitted.interval(solution[0], errors[0], 5)
    np.testing.assert_allclose(high - low, 2 * 2.570582 * errors[0], rtol=1e-6)


def test_another_table_of_the_same_shape_compiles_nothing():
    """So no program, in memory or on disk, holds a number of a reader's table."""

    def run(data):
        memory, held = Memory(), Held("own.csv", data)
        setup, found = setup_of(memory, held, "a*exp(-k*x)")
        risk = tabled.risk(memory, setup, found)
        walk = Walk("levenberg-marquardt", LM, (1.0, 0.5), 20)
        path = fitted.walked(risk, found, walk)
        fit = fitted.best(risk, setup, found, [np.array(walk.start)])
        grid = fitted.surface(risk, fitted.plane(risk, np.array(walk.start), ("a", "k")), ((0, 4), (0, 2)), 9)
        landscape.risk.fit_statistics(risk, fit.params)
        fitted.arrival(risk, path, fit, 20)
        return tabled.flat(fit.params), grid.values

    def rows(a, k, wave):
        x = np.arange(1.0, 9.0)
        y = a * np.exp(-k * x) + 0.01 * np.sin(wave * x)
        return b"x,y\n" + b"\n".join(b"%r,%r" % pair for pair in zip(x.tolist(), y.tolist(), strict=True))

    first, grid = run(rows(3.0, 0.4, 1.0))
    with compiling.counted() as compiled:
        second, other = run(rows(1.0, 0.9, 2.0))
    assert compiled == []
    np.testing.assert_allclose([first, second], [[3.0, 0.4], [1.0, 0.9]], rtol=0.1)
    assert not np.allclose(grid, other)


def test_nothing_of_a_file_leaves_the_session():
    secret = b"x,y\n1,271828.25\n2,314159.5\n3,161803.75\n4,141421.5\n"
    app = opened(Held("secret.csv", secret), table="file")
    address = json.dumps(app.query_params.to_dict() if hasattr(app.query_params, "to_dict") else {})
    assert "271828" not in address
    targets = encode_array(np.array([271828.25, 314159.5, 161803.75, 141421.5]))["bdata"]
    assert targets not in json.dumps(list(plot._figure._known.values()))
    other = opened(table="file")
    assert table_source.HELD not in other.session_state
    assert "271828" not in text(other)


def test_a_link_with_a_file_says_what_is_needed_and_then_shows_the_same():
    link = {"data-table": "file", "file": "own.csv", "target-table": "y", "features-table": "x2",
            "text-table": "p + q*x", "steps-table": "7"}  # fmt: skip
    waiting = opened(**link)
    said = "\n".join(warnings(waiting))
    assert "own.csv" in said
    assert "columns y, x2" in said
    assert not waiting.error
    assert waiting.query_params["text-table"] in ("p + q*x", ["p + q*x"])
    app = opened(Held("own.csv", ROWS), **link)
    assert list(estimates(app)) == ["p", "q"]
    assert "after 7 steps" in text(app)


def test_missing_values_are_never_dealt_with_in_silence():
    gaps = Held("gaps.csv", b"x,y\n1,2\n2,\n3,6.5\n,8\n5,9.5\n6,13\n")
    asked = opened(gaps, table="file")
    assert "2 of 6 rows" in asked.error[0].value
    dropped = opened(gaps, table="file", **{"missing-table": "drop"})
    assert "2 of 6 rows are dropped" in warnings(dropped)[0]
    assert not dropped.error
    filled = opened(gaps, table="file", **{"missing-table": "mean"})
    assert "1 missing values are replaced" in warnings(filled)[0]
    assert "1 of 6 rows are dropped" in warnings(filled)[0]


BAD = {
    "empty": b"",
    "zip": b"PK\x03\x04" + bytes(60),
    "one-row": b"x,y\n1,2\n",
    "ragged-row": b"x,y\n1,2\n3\n",
    "control-characters": b"x,y\n1,\x00\n2,3\n",
    "constant-target": b"x,y\n1,2\n2,2\n3,2\n",
    "long-field": b"x,y\n1," + b"9" * 1_000_000 + b"\n2,3\n",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_has_its_sentence_and_stays(kind):
    app = opened(Held("bad.csv", BAD[kind]), table="file")
    with pytest.raises(TableError) as refused:
        landscape.read_csv(BAD[kind], target="y", features="x")
    assert refused.value.kind == kind
    said = [each.value.replace("\\", "") for each in app.error]
    assert len(said) == 1
    assert table_words.problem(refused.value).replace("\\", "") in said[0]
    assert app.session_state[table_source.HELD].name == "bad.csv"


def test_every_kind_of_bad_table_has_words():
    for code in set(LANGUAGES) - {"en"}:
        known = catalogue(code)
        for kind, sentence in KINDS.items():
            translated = known.gettext(sentence)
            assert translated != sentence, kind
            names = [sorted(set(re.findall(r"{(\w+)}", each))) for each in (sentence, translated)]
            assert names[0] == names[1], kind


@pytest.mark.parametrize("typed", ["b1 +", "b1*(x", "__import__('os')", "b1*x", ""])
def test_a_bad_model_keeps_its_text(typed):
    app = opened(table="danwood", **{"text-table": typed or " "})
    assert len(app.error) == 1
    assert app.session_state["text-table"] == (typed or " ")


def test_names_of_features_and_parameters():
    formula = tabled.parse("a*dose + b*x2", ("dose", "body weight"))
    assert formula.variables == ("dose", "x2")
    assert formula.parameters == ("a", "b")
    with pytest.raises(FormulaError):
        tabled.parse("dose", ("dose",))


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_opens_in_both_languages_and_bad_links_are_told(code):
    app = opened(table="nist", lang=code, **{"steps-table": "many", "optimizer-table": "best"})
    assert len(warnings(app)) == 1
    assert warnings(app)[0].count("`") == 6
    assert not app.error


def test_why_a_rule_is_not_offered():
    memory, held = Memory(), tabled.example("danwood")
    setup, data = setup_of(memory, held, "b1*x^b2", loss="mae")
    risk = tabled.risk(memory, setup, data)
    assert fitted.refusal("gauss-newton", risk) == "residuals"
    assert fitted.refusal("newton", risk) == ""
    link = {"loss-table": "mae", "optimizer-table": "levenberg-marquardt"}
    assert "levenberg-marquardt" in warnings(opened(table="danwood", **link))[0]


def test_classes_that_are_separated_have_no_minimum():
    rows = b"a,b,kind\n0,0,low\n1,0,low\n0,1,low\n3,3,high\n4,3,high\n3,4,high\n"
    said = "\n".join(part.value for part in opened(Held("k.csv", rows), table="file").caption)
    assert "The loss has no minimum" in said


@pytest.mark.parametrize("name", ["misra1a", "danwood"])
def test_the_script_makes_the_same_numbers(name, monkeypatch):
    link = {"part": "table", "data-table": name, "steps-table": "50"}
    _app, offers = taken(monkeypatch, "own", link)
    arrays, said = loaded(offers), printed(offers["script"]())
    assert set(table(offers)) >= {"step", "loss", "b1", "b2"}
    loss = float(re.search(r"loss at the last step (\S+)", said).group(1))
    np.testing.assert_allclose(loss, arrays["path/losses"][-1], rtol=1e-12)
    best = float(re.search(r"least loss known (\S+)", said).group(1))
    np.testing.assert_allclose(best, arrays["best/loss"], rtol=1e-12)
    low, high = re.search(r"^loss (\S+) to (\S+)$", said, re.MULTILINE).groups()
    values = arrays["loss"]
    assert (low, high) == (f"{values.min():.6g}", f"{values.max():.6g}")
    # the heights are the squared errors of the model, by NumPy
    held = np.loadtxt(f"assets/data/{name}.csv", delimiter=",", skiprows=1)
    b1, b2 = arrays["x"][3], arrays["y"][5]
    said = b1 * (1 - np.exp(-b2 * held[:, 1])) if name == "misra1a" else b1 * held[:, 1] ** b2
    np.testing.assert_allclose(values[5, 3], np.mean((held[:, 0] - said) ** 2), rtol=1e-10)


def test_a_large_table_is_worked_on_in_parts_and_can_be_stopped(monkeypatch):
    monkeypatch.setattr(fitted, "HEAVY", 10.0)
    memory, held = Memory(), Held("own.csv", ROWS)
    columns = Columns("y", ("x1", "x2"))
    setup, data = setup_of(memory, held, columns=columns)
    risk = tabled.risk(memory, setup, data)
    shares = []
    walk = Walk("gd", (("learning_rate", 0.01),), (0.0, 0.0, 0.0), 200)
    path = fitted.walked(risk, data, walk, shares.append)
    assert len(shares) > 10
    assert shares[-1] == 1.0
    assert len(path.losses) == fitted.CHECKPOINTS + 1
    whole = landscape.descend(risk, OPTIMIZERS["gd"].build(learning_rate=0.01), num_steps=200)
    np.testing.assert_allclose(path.losses, whole.losses[path.steps], rtol=1e-9)

    class StoppedError(Exception):
        pass

    def stop(share):
        raise StoppedError

    with pytest.raises(StoppedError):
        fitted.walked(risk, data, walk, stop)
    app = visit("own", {"part": "table", "wide": "true", "data-table": "misra1a"})
    assert "has arrived" in text(app)


def test_what_a_session_keeps_is_bounded():
    memory = Memory(kept=3)
    for key in range(10):
        memory.put(key, key)
    assert len(memory) == 3
    assert memory.peek(9) == 9
    assert memory.peek(0) is None
    assert isinstance(tabled.table(memory, Held("e.csv", b""), Reading()), TableError)


def test_models_of_the_page_fit_what_is_measured():
    memory, held = Memory(), Held("own.csv", ROWS)
    _setup, data = setup_of(memory, held, columns=Columns("y", ("x1", "x2")))
    assert tabled.models_for(data) == [tabled.TYPED, "linear", "mlp"]
    assert {name for name in tabled.models_for(data) if name != tabled.TYPED} <= set(MODELS)


def test_a_file_is_still_there_after_a_visit_to_another_page():
    app = opened(Held("gaps.csv", b"x,y\n1,2\n2,\n3,6.5\n4,8.1\n"), table="file")
    assert "Values are missing" in app.error[0].value
    go(app, "paths")
    app.switch_page("views/own.py")
    app.query_params.clear()
    app.run()
    assert app.query_params["data-table"] == "file"
    assert "Values are missing" in app.error[0].value


def test_the_part_is_the_one_that_was_left_though_other_pages_have_parts_too():
    app = opened(table="danwood")
    go(app, "networks")
    assert "part" not in app.query_params
    go(app, "own")
    assert app.query_params["part"] == "table"
    assert app.query_params["data-table"] == "danwood"
