"""Noise and schedules: the clouds against closed forms, the words against the library, links and sliders."""

import re

import numpy as np
import pytest
from compiling import counted
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

import landscape
from landscape import DATASETS, OPTIMIZERS, SCHEDULES
from landscape.figures.heights import number
from landscape.studio import landscapes, noisy, suggestions
from landscape.studio.cached import Plan
from landscape.studio.landscapes import DataChoice
from landscape.studio.noisy import Run
from landscape.studio.studies.rates import noise

LINE = DataChoice("line", ("x",), "linear", "mse", ("w1", "b"))
DATA = DATASETS["line"]
X, Y = DATA.inputs[:, 0], DATA.targets
START = (-0.66, 2.76)
NOISE = {"study": "noise"}


def run(optimizer="gd", batch=4, plan=None, **chosen):
    built = OPTIMIZERS[optimizer].build(**chosen)
    numbers = tuple(built.hyperparameters.items())
    return Run(LINE, optimizer, numbers, START, batch, 3, plan or Plan("constant", (), 50))


def losses(points):
    """The mean squared error of lines with these slopes and intercepts."""
    points = np.asarray(points).reshape(-1, 2)
    return ((points[:, :1] * X + points[:, 1:] - Y) ** 2).mean(axis=1)


def gradients(point):
    """The gradient of each example's squared error, (n, 2)."""
    residuals = point[0] * X + point[1] - Y
    return 2 * residuals[:, None] * np.stack([X, np.ones_like(X)], axis=1)


def nearest(places, candidates):
    """How far each place is from the nearest candidate."""
    return np.linalg.norm(places[:, None] - candidates[None], axis=2).min(axis=1)


def test_a_cloud_of_single_examples_is_made_of_their_steps():
    single, rate = run(batch=1, learning_rate=0.2), 0.2
    path, cloud = noisy.walk(single), noisy.cloud(single, 20, 1)
    assert cloud.shape == (21, noisy.SAMPLES, 2)
    for step in (0, 7, 20):
        point = path.params[step]
        steps = point - rate * gradients(point)
        assert nearest(cloud[step], steps).max() < 1e-5
        assert nearest(path.params[step + 1][None], steps).max() < 1e-12


def test_a_cloud_of_momentum_goes_on_with_the_velocity():
    heavy = run("momentum", batch=1, learning_rate=0.05, momentum=0.8)
    path, cloud = noisy.walk(heavy), noisy.cloud(heavy, 10, 1)
    for step in (1, 6):
        point, before = path.params[step], path.internals["velocity"][step - 1]
        steps = point - 0.05 * (0.8 * before + gradients(point))
        assert nearest(cloud[step], steps).max() < 1e-5


def test_a_cloud_follows_the_schedule():
    plan = Plan("linear-warmup", (("warmup", 0.5), ("final", 0.0)), 20)
    path, cloud = (made(run(batch=1, plan=plan, learning_rate=0.2)) for made in (noisy.walk, clouds))
    for step, factor in ((0, 0.0), (5, 0.5), (15, 0.5)):
        steps = path.params[step] - 0.2 * factor * gradients(path.params[step])
        assert nearest(cloud[step], steps).max() < 1e-5


def clouds(each):
    return noisy.cloud(each, 20, 1)


@pytest.mark.parametrize("optimizer", ["gd", "nesterov", "adam", "lion"])
def test_without_noise_a_cloud_is_the_next_point(optimizer):
    whole = run(optimizer, batch=40, learning_rate=0.05)
    path, cloud = noisy.walk(whole), noisy._cloud(whole, 40)[:21]
    wanted = np.broadcast_to(path.params[1:22, None], cloud.shape)
    np.testing.assert_allclose(cloud, wanted, rtol=2e-6, atol=1e-6)


def test_a_smaller_batch_has_a_wider_cloud():
    spread = {size: clouds(run(batch=size, learning_rate=0.05))[0].std(axis=0) for size in (1, 4, 16)}
    # Sampling without replacement: the variance is that of one example times (1/b)(1 − b/n)/(1 − 1/n).
    one = (0.05 * gradients(np.array(START))).std(axis=0, ddof=1)
    for size, found in spread.items():
        wanted = one * np.sqrt((1 / size) * (1 - size / 40))
        np.testing.assert_allclose(found, wanted, rtol=0.35)
    assert (spread[1] > spread[4]).all()
    assert (spread[4] > spread[16]).all()


def test_clouds_of_many_paths_and_steps_stay_small():
    many = [noisy.cloud(run(batch=4, learning_rate=0.05), steps, 6) for steps in (10, 200, 1000)]
    assert [cloud.shape[1] for cloud in many] == [60, 19, 8]
    assert noisy.cloud(run("l-bfgs", batch=4), 10, 1) is None
    assert noisy.cloud(run(batch=None, learning_rate=0.05), 10, 1) is None
    assert noisy.cloud(run(batch=39, learning_rate=0.05), 10, 1) is not None
    assert noisy.cloud(run(batch=40, learning_rate=0.05), 10, 1) is None


@pytest.mark.parametrize(("batch", "steps"), [(1, 100), (7, 23), (12, 4), (40, 9)])
def test_passes_over_the_data_count_examples(batch, steps):
    path = noisy.walk(run(batch=batch, learning_rate=0.01)).first(steps)
    seen, left = 0, 40
    for _step in range(steps):
        size = min(batch, left)
        seen, left = seen + size, left - size or 40
    assert noisy.passes(path, batch, 40) == pytest.approx(seen / 40)


def of_page(app):
    """The settings of a page as the keywords of `descend`."""
    state = app.session_state
    return {
        "start": (state["x"], state["y"]),
        "num_steps": round(state["steps"]),
        "batch_size": round(state["batch"]),
        "seed": state["seed"],
    }


def test_the_table_says_what_the_library_finds():
    link = NOISE | {"optimizers": "gd,adam", "batch": "5", "seed": "11", "average": "true", "steps": "150"}
    app = visit("rates", link, schedule="cosine", **{"lr-gd": "0.1", "lr-adam": "0.2", "from": "30"})
    assert warnings(app) == []
    objective, found = landscapes.objective(LINE), rows(app)
    schedule = SCHEDULES["cosine"].build(150)
    goal = np.linalg.lstsq(np.stack([X, np.ones_like(X)], axis=1), Y, rcond=None)[0]
    walked = []
    for cells, (name, rate) in zip(found, {"gd": 0.1, "adam": 0.2}.items(), strict=False):
        optimizer = landscape.scheduled(OPTIMIZERS[name].build(learning_rate=rate), schedule)
        path = landscape.descend(objective, optimizer, **of_page(app))
        walked.append(path.params)
        wanted = losses(path.params)
        gap = np.linalg.norm(path.params[-1] - goal)
        assert cells[:5] == [
            OPTIMIZERS[name].title,
            "150",
            number(150 * 5 / 40),
            number(wanted[-1]),
            number(wanted.min()),
        ]
        assert float(cells[5]) == pytest.approx(gap, rel=1e-3)
    means = np.cumsum(walked[0][30:], axis=0) / np.arange(1, 122)[:, None]
    assert found[2][:2] == ["Average · Gradient descent, from step 30", "150"]
    assert found[2][3] == number(losses(means[-1:])[0])
    assert "Batches of 5 out of 40 examples:** 8 steps" in text(app)
    assert "Cosine: $" in text(app)


def test_all_examples_are_said_to_be_all():
    app = visit("rates", NOISE, batch="40")
    assert "All 40 examples at every step:** no noise" in text(app)
    assert app.select_slider(key="batch~").options[-1] == "all 40"
    assert rows(app)[0][2] == "200"


def test_a_loss_of_all_examples_together_has_schedules_only():
    app = visit("rates", NOISE, landscape="moons", loss="dice")
    assert "one of all examples together" in text(app)
    assert {widget.key for widget in (*app.number_input, *app.select_slider)}.isdisjoint({"batch", "seed"})


def test_a_function_has_schedules_only():
    link = {"landscape": "rosenbrock", "optimizers": "gd,levenberg-marquardt", "schedule": "exponential"}
    app = visit("rates", NOISE | link)
    assert warnings(app) == []
    assert "no examples" in text(app)
    assert "without a schedule: Levenberg–Marquardt" in text(app)
    keys = {widget.key for widget in (*app.number_input, *app.select_slider)}
    assert keys.isdisjoint({"batch", "batch~", "seed"})
    assert len(rows(app)[0]) == 6
    schedule = SCHEDULES["exponential"].build(200)
    rate = app.session_state["lr-gd"]
    optimizer = landscape.scheduled(OPTIMIZERS["gd"].build(learning_rate=rate), schedule)
    path = landscape.descend(landscape.FUNCTIONS["rosenbrock"], optimizer, num_steps=200)
    assert rows(app)[0][2] == number(path.final_loss)


def test_noise_begins_with_data_wherever_the_reader_comes_from():
    app = visit("rates", landscape="ravine")
    app.session_state["study"] = "noise"
    rerun(app)
    assert app.session_state["landscape"] == noise.LANDSCAPE
    assert app.session_state["lr-gd"] == suggestions.learning_rate("gd", LINE)
    app.selectbox(key="landscape").set_value("ravine")
    rerun(app)
    assert app.session_state["landscape"] == "ravine"
    assert "no examples" in text(app)


def test_a_function_chosen_here_stays_and_another_gives_way():
    def go_to(study, landscape=None):
        app.session_state["study"] = study
        rerun(app)
        if landscape:
            app.selectbox(key="landscape").set_value(landscape)
            rerun(app)

    app = visit("rates", NOISE)
    app.selectbox(key="landscape").set_value("himmelblau")
    rerun(app)
    for _visit in range(2):
        go_to("one-rate")
        go_to("noise")
        assert app.session_state["landscape"] == "himmelblau"
    go_to("one-rate", "ravine")
    go_to("noise")
    assert app.session_state["landscape"] == noise.LANDSCAPE


def test_all_examples_leave_no_cloud_in_the_legend(monkeypatch):
    drawn = []
    monkeypatch.setattr(noise, "plot", lambda key, panels, tracks, **_: drawn.append(tracks[0].cloud))
    visit("rates", NOISE, batch="40")
    visit("rates", NOISE, batch="39")
    assert drawn[0] is None
    assert drawn[1] is not None


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_stands_above_the_loss(schedule, monkeypatch):
    drawn = {}
    monkeypatch.setattr(noise, "plot", lambda key, panels, tracks, **_: drawn.update(panels=panels))
    app = visit("rates", NOISE, schedule=schedule, steps="60", **{"lr-gd": "0.1"})
    assert warnings(app) == []
    traces = drawn["panels"][1].figure["data"]
    if schedule == "constant":
        assert traces == []
        return
    factors = SCHEDULES[schedule].build(60).factors
    np.testing.assert_allclose(traces[-1]["y"][:-1], 0.1 * factors, rtol=1e-6)
    assert drawn["panels"][1].figure["layout"]["yaxis2"]["title"]["text"] == "η"


def test_the_numbers_of_a_schedule_are_in_the_link():
    link = {"schedule": "step", "drop-step": "0.5", "drops-step": "4", "steps": "50"}
    app = visit("rates", NOISE | link)
    assert warnings(app) == []
    optimizer = OPTIMIZERS["gd"].build(learning_rate=app.session_state["lr-gd"])
    optimizer = landscape.scheduled(optimizer, SCHEDULES["step"].build(50, drop=0.5, drops=4))
    path = landscape.descend(landscapes.objective(LINE), optimizer, **of_page(app))
    assert rows(app)[0][3] == number(path.final_loss)


@pytest.mark.parametrize(
    ("key", "value", "instead"),
    [
        ("batch", "0", "2"),
        ("batch", "41", "2"),
        ("batch", "2.5", "2"),
        ("schedule", "slow", "constant"),
        ("average", "perhaps", "false"),
        ("from", "201", "0"),
        ("seed", "-1", "0"),
        ("steps", "1001", "200"),
        ("drops-step", "2.5", "2"),
        ("optimizers", "gauss-newton", "gd"),
    ],
)
def test_what_a_link_cannot_have_is_said(key, value, instead):
    link = NOISE | {"average": "true", "schedule": "step", key: value}
    said = "\n".join(warnings(visit("rates", link)))
    assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", said), said


def test_gauss_newton_runs_on_all_examples():
    app = visit("rates", NOISE, batch="40", optimizers="gauss-newton", steps="5")
    assert warnings(app) == []
    assert rows(app)[0][-1] == "at a global minimum"


@pytest.mark.parametrize(
    "link",
    [
        {"optimizers": "gd,momentum", "average": "true", "from": "10", "steps": "40", "seed": "5"},
        {"landscape": "himmelblau", "schedule": "one-cycle", "rise-one-cycle": "10", "steps": "30"},
        {"landscape": "blobs", "optimizers": "newton", "batch": "50", "steps": "20"},
    ],
    ids=lambda link: "-".join(link.values()),
)
def test_what_it_gives_away_is_what_it_shows(link, monkeypatch):
    app, offers = taken(monkeypatch, "rates", NOISE | link)
    arrays, columns, found = loaded(offers), table(offers), rows(app)
    said = re.findall(r"^(\S+): loss (\S+) after (\d+) steps", printed(offers["script"]()), re.MULTILINE)
    assert len(said) == len(found)
    for (name, loss, steps), cells in zip(said, found, strict=True):
        mine = np.array(columns["optimizer"]) == name
        assert steps == cells[1]
        assert numbers(np.array(columns["loss"])[mine])[-1] == arrays[f"{name}/losses"][-1]
        assert float(loss) == pytest.approx(arrays[f"{name}/losses"][-1], rel=1e-5)
        assert number(arrays[f"{name}/losses"][-1]) in cells
    document = offers["html"]()
    assert document.count("</html>") == 1


@pytest.fixture(scope="module")
def programs():
    """A list that fills with the programs that are compiled."""
    with counted() as found:
        yield found


def test_no_slider_compiles(programs):
    app = visit("rates", NOISE, schedule="one-cycle", average="true", optimizers="momentum")
    app.session_state["more-settings"] = True
    rerun(app)
    programs.clear()
    keys = [slider.key for slider in app.select_slider]
    assert {"batch~", "steps~", "from~", "rise-one-cycle~", "lr-momentum~", "momentum-momentum~"} <= set(keys)
    for key in keys:
        options = app.select_slider(key=key).options
        for index in (0, len(options) // 2, len(options) - 1):
            slider = app.select_slider(key=key)
            slider.set_value(float(re.search(r"\S+$", slider.options[index])[0]))
            rerun(app)
            assert programs == [], f"{key} at {options[index]}"
    for schedule in ("constant", "inverse-time"):
        app.selectbox(key="schedule").set_value(schedule)
        rerun(app)
    app.number_input(key="seed").set_value(7)
    rerun(app)
    assert not [name for name in programs if "record" in name or "cloud" in name or "next_points" in name]
