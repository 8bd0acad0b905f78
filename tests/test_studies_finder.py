"""The finder: its words against the library and closed forms, its picture, links and sliders."""

import re

import numpy as np
import pytest
from compiling import counted
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape import FUNCTIONS, OPTIMIZERS
from landscape.figures import finder_curve
from landscape.figures.clocks import over_steps
from landscape.figures.heights import number
from landscape.studio import landscapes, noisy
from landscape.studio.landscapes import DataChoice
from landscape.studio.noisy import RangeTest
from landscape.studio.studies.rates import finder
from landscape.sweeps import find_learning_rate

LINE = DataChoice("line", ("x",), "linear", "mse", ("w1", "b"))
DATA = landscapes.dataset("line", ("x",), False)
X, Y = DATA.inputs[:, 0], DATA.targets
LIMIT = 2 / np.linalg.eigvalsh(2 / len(X) * np.array([[X @ X, X.sum()], [X.sum(), len(X)]]))[-1]
FINDER = {"study": "finder"}
WORDS = {"raw": "raw", "smoothed": "smoothed", "suggestion": "suggestion"}


def curve(rates, losses):
    return finder_curve(rates, losses, losses, rates[3], titles=("η", "loss"), words=WORDS)


def said(rate):
    """A rate as the page says it."""
    return number(float(f"{rate:.2g}"))


def test_over_the_steps_a_curve_looks_the_same():
    rates = np.geomspace(3e-4, 20, 50)
    losses = np.where(rates < 1, 1 / (1 + rates), rates**3)
    flat, played = curve(rates, losses), over_steps(curve(rates, losses), rates)
    first, last = flat["layout"]["xaxis"]["range"]
    low, high = played["layout"]["xaxis"]["range"]

    def part(rate):
        return (np.log10(rate) - first) / (last - first)

    assert played["layout"]["xaxis"].get("type") is None
    for before, after in zip(flat["data"], played["data"], strict=True):
        np.testing.assert_allclose(
            (np.asarray(after["x"]) - low) / (high - low), part(before["x"]), atol=1e-6
        )
        np.testing.assert_array_equal(after["y"], before["y"])
        assert "%{x" not in after["hovertemplate"]
    np.testing.assert_allclose(played["data"][0]["x"], np.arange(50), atol=1e-5)
    assert float(played["data"][0]["text"][7]) == pytest.approx(rates[7], rel=1e-3)
    line = played["layout"]["shapes"][0]
    assert line["x0"] == line["x1"] == pytest.approx(3)
    assert played["layout"]["annotations"][0]["x"] == pytest.approx(3)
    ticks = dict(
        zip(played["layout"]["xaxis"]["ticktext"], played["layout"]["xaxis"]["tickvals"], strict=True)
    )
    assert list(ticks) == ["10<sup>−3</sup>", "10<sup>−2</sup>", "10<sup>−1</sup>", "1", "10<sup>1</sup>"]
    assert (ticks["1"] - low) / (high - low) == pytest.approx(part(1.0))


def test_a_short_range_says_more_than_powers_of_ten():
    rates = np.geomspace(0.3, 4, 20)
    axis = over_steps(curve(rates, 1 / rates), rates)["layout"]["xaxis"]
    assert axis["ticktext"] == ["0.5", "1", "2"]


def test_rates_that_do_not_grow_by_one_factor_are_named():
    rates = np.array([0.1, 0.2, 0.4, 0.9])
    with pytest.raises(ValueError, match="`rates` must grow by one factor"):
        over_steps(curve(rates, 1 / rates), rates)


def suggested(batch, seed):
    found = noisy.found(RangeTest(LINE, "gd", (), (-0.66, 2.76), 4e-5, 4.0, 200, batch, seed, 0.9))
    return found.suggestion


def test_noise_does_not_decide_what_is_suggested():
    whole = suggested(40, 0)
    for batch in (8, 20):
        for seed in range(4):
            assert 1 / 3 < suggested(batch, seed) / whole < 3


def test_the_page_says_what_the_library_finds():
    link = {"landscape": "line", "batch": "10", "seed": "4", "smoothing": "0.8", "steps": "120"}
    app = visit("rates", FINDER | link, optimizer="momentum", low="0.0002", high="3")
    assert warnings(app) == []
    start = app.session_state["x"], app.session_state["y"]
    objective = landscapes.objective(LINE)
    found = find_learning_rate(
        objective,
        "momentum",
        lowest=2e-4,
        highest=3.0,
        num_steps=120,
        start=start,
        batch_size=10,
        seed=4,
        smoothing=0.8,
        momentum=app.session_state["momentum-momentum"],
    )
    assert f"Suggested: η = {said(found.suggestion)}." in text(app)
    assert (
        f"loss is least at η = {said(10 * found.cautious)}; a tenth of that, η = {said(found.cautious)}"
        in text(app)
    )
    exploded = 2e-4 * (3 / 2e-4) ** (found.stopped_at / 119)
    assert f"blew up at η = {said(exploded)}, at step {found.stopped_at}." in text(app)
    beta = app.session_state["momentum-momentum"]
    assert f"2(1 + β)/λₘₐₓ = {number((1 + beta) * LIMIT)}" in text(app)


def test_all_data_blow_up_soon_after_the_limit():
    app = visit("rates", FINDER, landscape="line", batch="40", smoothing="0", steps="500")
    rate = float(re.search(r"blew up at η = ([\d.]+)", text(app))[1])
    assert LIMIT < rate < 5 * LIMIT


def test_what_never_falls_or_never_explodes_is_said():
    app = visit("rates", FINDER, landscape="line", batch="40", high="0.001")
    assert "The loss never blew up: the test went on to η = 0.001." in text(app)
    app = visit("rates", FINDER, landscape="line", batch="40", low="1.2", high="3", smoothing="0")
    assert "No suggestion" in text(app)
    assert [button for button in app.button if button.key == "use-rate"] == []


def test_much_smoothing_and_few_steps_are_not_taken_for_a_loss_that_never_falls():
    app = visit("rates", FINDER, smoothing="0.99", steps="100")
    assert "Suggested: η = " in text(app)
    app = visit("rates", FINDER, landscape="line", batch="40", low="1e5", high="1e6", smoothing="0.99")
    assert "No suggestion:** too few steps remain" in text(app)
    assert "never falls" not in text(app)


def test_the_picture_and_the_path_go_together(monkeypatch):
    drawn = {}

    def note(key, panels, tracks, **_settings):
        drawn.update(panels={panel.id: panel for panel in panels}, track=tracks[0])

    monkeypatch.setattr(finder, "plot", note)
    app = visit("rates", FINDER, landscape="line", batch="8", steps="100")
    assert warnings(app) == []
    raw, smoothed = drawn["panels"]["test"].figure["data"][:2]
    track = drawn["track"]
    rates = track.readout["η · learning rate"]
    assert len(rates) == len(track.points) == len(raw["x"])
    # The path's own losses are over all data; those of the test are of its mini-batches.
    everything = ((track.points[:, :1] * X + track.points[:, 1:] - Y) ** 2).mean(axis=1)
    np.testing.assert_allclose(track.losses, everything, rtol=1e-9)
    assert not np.allclose(raw["customdata"], everything, rtol=0.01)
    steps = np.diff(track.points, axis=0)
    np.testing.assert_allclose(
        steps, -rates[:-1, None] * track.readout["g · gradient"][: len(steps)], rtol=1e-6
    )
    assert smoothed["customdata"][0] == raw["customdata"][0]


def test_a_rate_is_taken_to_one_rate():
    app = visit("rates", FINDER, optimizer="adam", landscape="blobs")
    chosen = float(re.search(r"Suggested: η = ([\d.]+)\.", text(app))[1])
    app.button(key="use-rate").click()
    rerun(app)
    assert warnings(app) == []
    state = app.session_state
    assert (state["study"], state["landscape"], state["optimizer"]) == ("one-rate", "blobs", "adam")
    assert state["lr-adam"] == chosen
    assert f"**η = {number(chosen)}: Adam" in text(app)
    assert rows(app)[0][0] == "Adam"
    assert app.query_params["lr-adam"] == repr(chosen)


def test_a_function_gives_way_to_data():
    app = visit("rates", landscape="ravine")
    app.session_state["study"] = "finder"
    rerun(app)
    assert app.session_state["landscape"] == finder.LANDSCAPE
    assert set(app.selectbox(key="landscape").options).isdisjoint(each.title for each in FUNCTIONS.values())
    assert warnings(visit("rates", FINDER, landscape="ravine"))


@pytest.mark.parametrize("optimizer", ["nesterov", "adadelta", "l-bfgs", "newton"])
def test_rules_of_every_kind_have_their_test(optimizer):
    app = visit("rates", FINDER, landscape="line", optimizer=optimizer, steps="60")
    assert warnings(app) == []
    assert "uggest" in text(app)


def test_only_rules_with_a_rate_are_offered():
    rated = [
        name
        for name, spec in OPTIMIZERS.items()
        if "learning_rate" in {each.name for each in spec.hyperparameters} and not spec.needs_residuals
    ]
    assert list(finder.OFFERED) == rated


@pytest.mark.parametrize(
    ("key", "value", "instead"),
    [
        ("batch", "0", "40"),
        ("batch", "41", "40"),
        ("smoothing", "1", "0.9"),
        ("low", "0", "4e-05"),
        ("low", "-1", "4e-05"),
        ("high", "0.00001", "20"),
        ("steps", "2", "200"),
        ("seed", "10000", "0"),
        ("optimizer", "levenberg-marquardt", "gd"),
    ],
)
def test_what_a_link_cannot_have_is_said(key, value, instead):
    found = "\n".join(warnings(visit("rates", FINDER | {"landscape": "line", key: value})))
    assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", found), found


def test_what_it_gives_away_is_what_it_shows(monkeypatch):
    link = {"landscape": "line", "batch": "5", "optimizer": "adam", "beta1-adam": "0.5", "seed": "2"}
    app, offers = taken(monkeypatch, "rates", FINDER | link)
    arrays, columns = loaded(offers), table(offers)
    rates = numbers(columns["learning_rate"])
    low, high = app.session_state["low"], app.session_state["high"]
    np.testing.assert_allclose(rates, np.geomspace(low, high, 200)[: len(rates)], rtol=1e-12)
    np.testing.assert_array_equal(arrays["smoothed"], numbers(columns["smoothed"]))
    points = np.stack([numbers(columns["theta_1"]), numbers(columns["theta_2"])], axis=1)
    np.testing.assert_array_equal(points, arrays["params"])
    wanted = ((points[:, :1] * X + points[:, 1:] - Y) ** 2).mean(axis=1)
    np.testing.assert_allclose(numbers(columns["loss_of_all"]), wanted, rtol=1e-9)
    script = printed(offers["script"]())
    found = float(re.search(r"suggestion: (\S+)", script)[1])
    assert f"Suggested: η = {said(found)}." in text(app)
    assert re.search(r"blew up at step: (None|\d+)", script)
    assert offers["html"]().count("</html>") == 1


def test_no_slider_compiles():
    app = visit("rates", FINDER, landscape="line", optimizer="momentum")
    app.session_state["more-settings"] = True
    rerun(app)
    keys = [slider.key for slider in app.select_slider]
    assert {"batch~", "low~", "high~", "steps~", "smoothing~", "momentum-momentum~"} <= set(keys)
    assert "lr-momentum~" not in keys
    with counted() as programs:
        for key in keys:
            for index in (0, len(app.select_slider(key=key).options) // 2, -1):
                slider = app.select_slider(key=key)
                slider.set_value(float(re.search(r"\S+$", slider.options[index])[0]))
                rerun(app)
                assert programs == [], f"{key} at {index}"
        for key, value in (("seed", 7), ("x", 0.5)):
            app.number_input(key=key).set_value(value)
            rerun(app)
    assert programs == []
