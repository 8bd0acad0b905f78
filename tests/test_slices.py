"""Slices: directions and planes of networks, their losses whatever the cutting of the work, and lines."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from compiling import counted

from landscape import MODELS, Line, Objective, Plane, evaluate, l2, network_risk, profile
from landscape.datasets import DATASETS
from landscape.surfaces import slices

TASK = DATASETS["iris"].standardize()
RISK = network_risk(MODELS["mlp"].replace(width=16, depth=2), TASK, penalty=l2(0.01))
START = jax.tree.map(np.asarray, RISK.start)
UNEVEN = ((-1.0, 0.5), (0.0, 2.0))


def directly(objective, where, points):
    """The losses at points of a slice, one after the other, by the objective alone."""
    loss = jax.jit(objective.loss)
    return np.array([float(loss(where.at(*point))) for point in points])


def grid_of(surface):
    return np.stack(np.meshgrid(surface.x, surface.y), axis=-1).reshape(-1, 2)


@pytest.fixture(scope="module")
def plane():
    return Plane.random(START, seed=3)


@pytest.fixture(scope="module")
def truth(plane):
    """A surface of a network, and the losses at its points."""
    surface = evaluate(RISK, plane, resolution=(7, 5), extent=UNEVEN)
    return surface, directly(RISK, plane, grid_of(surface)).reshape(5, 7)


def test_a_slice_is_the_loss_at_each_of_its_points_and_not_its_transpose(truth):
    surface, expected = truth
    assert surface.values.shape == (5, 7)
    np.testing.assert_allclose(surface.values, expected, rtol=1e-6)
    square = evaluate(RISK, Plane.random(START, seed=3), resolution=5, extent=((-1, 1), (-1, 1)))
    assert np.abs(square.values - square.values.T).max() > 0.1


def test_the_middle_is_the_loss_and_the_corners_are_direct_evaluations(plane):
    surface = evaluate(RISK, plane, resolution=3)
    # In the same order of operations; float32 leaves a rounding or two where XLA cuts sums in another way.
    assert surface.values[1, 1] == pytest.approx(float(RISK.loss(RISK.start)), rel=3e-7)
    for i, j in ((0, 0), (0, 2), (2, 0), (2, 2)):
        corner = float(RISK.loss(plane.at(surface.x[j], surface.y[i])))
        assert surface.values[i, j] == pytest.approx(corner, rel=1e-6)


def test_in_double_precision_a_slice_is_the_loss_to_its_last_digits():
    start = jax.tree.map(lambda leaf: leaf.astype(float), START)
    inputs, targets = jnp.asarray(TASK.inputs), jax.nn.one_hot(TASK.targets, 3, dtype=float)

    def loss(w):
        hidden = jnp.tanh(inputs @ w["layers"][0]["weights"] + w["layers"][0]["bias"])
        hidden = jax.nn.relu(hidden @ w["layers"][1]["weights"] + w["layers"][1]["bias"])
        return jnp.mean((hidden @ w["layers"][2]["weights"] + w["layers"][2]["bias"] - targets) ** 2)

    objective, plane = Objective(loss, start), Plane.random(start, normalize="layer")
    surface = evaluate(objective, plane, resolution=3)
    np.testing.assert_allclose(
        surface.values.ravel(), directly(objective, plane, grid_of(surface)), rtol=1e-13
    )
    assert surface.values[1, 1] == pytest.approx(float(loss(start)), rel=1e-15)


@pytest.mark.parametrize("rows", [None, 75, 40, 1])
@pytest.mark.parametrize("batch", [1, 8])
def test_no_cutting_of_points_or_of_data_changes_a_value(monkeypatch, plane, truth, rows, batch):
    surface, expected = truth
    layout = slices.Layout(rows, batch, 16)
    monkeypatch.setattr(slices, "_layout", lambda *_: layout)
    cut = evaluate(RISK, plane, resolution=(7, 5), extent=UNEVEN)
    np.testing.assert_allclose(cut.values, surface.values, rtol=1e-6)
    np.testing.assert_allclose(cut.values, expected, rtol=1e-6)


def test_a_quadratic_is_a_paraboloid_on_any_plane():
    rng = np.random.default_rng(0)
    H, g, origin, u, v = rng.normal(size=(6, 6)), *rng.normal(size=(4, 6))
    H = H + H.T
    bowl = Objective(lambda w: 0.5 * w @ H @ w + g @ w + 2.0, start=np.zeros(6))
    surface = evaluate(bowl, Plane(origin, u, v), resolution=(9, 4), extent=((-2, 1), (0, 3)))
    a, b = np.meshgrid(surface.x, surface.y)
    slope, level = H @ origin + g, 0.5 * origin @ H @ origin + g @ origin + 2.0
    expected = level + a * (slope @ u) + b * (slope @ v)
    expected += 0.5 * (a**2 * (u @ H @ u) + b**2 * (v @ H @ v)) + a * b * (u @ H @ v)
    np.testing.assert_allclose(surface.values, expected, rtol=1e-12)


def test_every_measure_is_a_height(plane):
    surface = evaluate(RISK.measuring("accuracy"), plane, resolution=3)
    weights = [np.asarray(leaf, float) for leaf in jax.tree.leaves(plane.at(-1.0, 1.0))]
    b1, w1, b2, w2, b3, w3 = weights
    answers = np.tanh(np.tanh(TASK.inputs @ w1 + b1) @ w2 + b2) @ w3 + b3
    assert surface.values[2, 0] == pytest.approx(np.mean(answers.argmax(axis=1) == TASK.targets), rel=1e-6)


def test_what_is_not_finite_on_a_slice_is_kept_and_counted():
    holes = Objective(lambda w: jnp.log(w["a"][0]) + jnp.sum(w["a"]), start={"a": np.ones(3)})
    plane = Plane.coordinates(holes.start, ("a", 0), ("a", 1))
    surface = evaluate(holes, plane, resolution=3)
    assert np.isnan(surface.values[:, 0]).all()
    assert np.isneginf(surface.values[:, 1]).all()
    assert surface.num_nonfinite == 6


def test_progress_is_told_and_what_it_raises_stops_the_work(plane, monkeypatch):
    monkeypatch.setattr(slices, "PART_BYTES", 1)
    shares = []
    evaluate(RISK, plane, resolution=40, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert shares[-1] == 1.0

    def stop(share):
        shares.append(share)
        raise KeyboardInterrupt

    shares.clear()
    with pytest.raises(KeyboardInterrupt):
        evaluate(RISK, plane, resolution=40, progress=stop)
    assert len(shares) == 1


def test_other_numbers_and_other_planes_compile_nothing(plane):
    evaluate(RISK, plane, resolution=6)
    with counted() as programs:
        other = network_risk(MODELS["mlp"].replace(width=16, depth=2), TASK, penalty=l2(0.5), seed=8)
        programs.clear()  # of the start
        evaluate(other, Plane.random(other.start, seed=5), resolution=6, extent=UNEVEN)
    assert programs == []


def test_memory_stays_within_the_limit_and_too_little_is_refused(plane):
    wide = network_risk(MODELS["mlp"].replace(width=32), DATASETS["digits"].standardize())
    slanted = Plane.random(wide.start)
    whole = evaluate(wide, slanted, resolution=4)
    threads = slices.THREADS
    limit = int(0.5 * slices.needs(wide, slanted).least(threads))
    layout = slices._layout(wide, slanted, 16, limit, slices.Workers(1, threads, True))
    assert 1 <= layout.rows < 1797
    cut = evaluate(wide, slanted, resolution=4, memory_limit=limit)
    np.testing.assert_allclose(cut.values, whole.values, rtol=1e-6)
    with pytest.raises(ValueError, match=r"`memory_limit` must be at least \d+ bytes here, got 1000"):
        evaluate(wide, slanted, memory_limit=1000)
    alone = wide.measuring("accuracy")  # no examples to take apart
    least = slices.needs(alone, slanted).least(threads)
    with pytest.raises(ValueError, match=f"must be at least {least} bytes here, got {least - 1}"):
        evaluate(alone, slanted, memory_limit=least - 1)


@pytest.mark.parametrize("limit", [2**22, 2**26])
def test_what_xla_takes_is_no_more_than_was_reckoned(limit):
    digits = network_risk(MODELS["mlp"].replace(width=64), DATASETS["digits"].standardize())
    plane = Plane.random(digits.start)
    layout = slices._layout(digits, plane, 201**2, limit, slices.Workers(1, 2, False))
    loss = next(slices._pieces(digits, layout.rows))[0]
    prepared = slices._prepare(loss, plane)
    points = np.zeros((layout.part, 2))
    program = slices._part.lower(loss, plane, prepared, points, batch=layout.batch, mesh=None).compile()
    taken = program.memory_analysis().temp_size_in_bytes
    once = sum(leaf.nbytes for leaf in jax.tree.leaves(prepared))
    assert limit / 50 < 2 * taken + once <= limit


def test_a_line_between_two_points_ends_at_both():
    other = network_risk(MODELS["mlp"].replace(width=16, depth=2), TASK, penalty=l2(0.01), seed=1)
    line = Line.between(START, other.start)
    for t, end in ((0.0, START), (1.0, other.start)):
        jax.tree.map(np.testing.assert_array_equal, line.at(t), end)
    found = profile(RISK, line, resolution=11)
    assert found.t.tolist() == np.linspace(0, 1, 11).tolist()
    ends = [float(RISK.loss(START)), float(RISK.loss(other.start))]
    np.testing.assert_allclose(found.values[[0, -1]], ends, rtol=1e-6)
    np.testing.assert_allclose(found.values, directly(RISK, line, found.t[:, None]), rtol=1e-6)


def test_the_barrier_of_a_double_well_is_that_of_its_formula():
    # x⁴ − 2x² + x/4 between x = −1 and x = 1: above the line of the ends the rise is (x² − 1)², 1 at x = 0.
    well = Objective(lambda w: w["x"] ** 4 - 2 * w["x"] ** 2 + w["x"] / 4, start={"x": np.array(0.0)})
    line = Line.between({"x": np.array(-1.0)}, {"x": np.array(1.0)})
    assert profile(well, line).barrier == pytest.approx(1.0, rel=1e-14)
    # Between x = 0 and x = 1 the line lies above: x⁴ − 2x² + x ≥ 0 only up to (√5 − 1)/2, highest at
    # the root of 4x³ − 4x + 1 there.
    root = min(np.roots([4, 0, -4, 1]).real, key=lambda x: abs(x - 0.27))
    part = profile(well, Line.along({"x": np.array(0.0)}, {"x": np.array(1.0)}), resolution=2001)
    assert part.barrier == pytest.approx(root**4 - 2 * root**2 + root, abs=1e-6)
    bowl = Objective(lambda w: jnp.sum(w["x"] ** 2), start={"x": np.array(0.0)})
    assert profile(bowl, line).barrier == 0.0


def test_a_barrier_is_infinite_or_nothing_where_the_loss_is():
    wall = Objective(lambda w: 1.0 / jnp.abs(w), start=np.array(1.0))
    assert profile(wall, Line.between(np.array(-1.0), np.array(1.0)), resolution=5).barrier == np.inf
    found = profile(wall, Line.between(np.array(0.0), np.array(1.0)), resolution=5)
    assert np.isnan(found.barrier)
    assert found.num_nonfinite == 1


@pytest.mark.parametrize("extent", [(1, 0), (0, np.inf), (0, 1, 2), "wide", 3])
def test_an_extent_of_a_line_that_is_not_usable_is_refused(extent):
    with pytest.raises(ValueError, match="`extent` must"):
        profile(RISK, Line.along(START, START), extent=extent)


EIGHT = """
import jax, numpy as np, sys
from landscape import DATASETS, MODELS, Plane, evaluate, network_risk
assert len(jax.devices()) == 8
risk = network_risk(MODELS["mlp"].replace(width=8), DATASETS["iris"].standardize())
plane = Plane.random(risk.start)
some = evaluate(risk, plane, resolution=(6, 5), devices=jax.devices()[2:5])
np.save(sys.argv[1], [evaluate(risk, plane, resolution=(6, 5)).values, some.values])
"""


def test_eight_devices_find_the_same_values(tmp_path):
    flags = "--xla_force_host_platform_device_count=8"
    environment = os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", EIGHT, str(tmp_path / "values.npy")]
    root = Path(__file__).resolve().parents[1]
    subprocess.run(command, check=True, env=environment, cwd=root)
    risk = network_risk(MODELS["mlp"].replace(width=8), TASK)
    here = evaluate(risk, Plane.random(risk.start), resolution=(6, 5)).values
    for there in np.load(tmp_path / "values.npy"):
        np.testing.assert_allclose(there, here, rtol=1e-6)


def test_a_plane_of_other_parameters_is_refused():
    whole = Objective(loss=lambda w: jnp.sum(w["a"] ** 2), start={"a": jnp.ones(3)})
    with pytest.raises(ValueError, match=r"`plane` must have the shape \(3,\), got \(4,\)"):
        evaluate(whole, Plane.random({"a": np.ones(4)}), resolution=3)
    with pytest.raises(ValueError, match="`line` must have the structure"):
        profile(whole, Line.between(np.zeros(3), np.ones(3)), resolution=3)


@pytest.mark.parametrize("height", ["held_out_loss", "held_out_accuracy"])
def test_what_is_held_out_is_a_height(height):
    training, held_out = DATASETS["iris"].split(0.3, seed=0)
    risk = network_risk(MODELS["mlp"].replace(width=3), training, held_out).measuring(height)
    plane = Plane.random(risk.start, seed=2)
    surface = evaluate(risk, plane, resolution=3)
    for i, j in [(0, 2), (1, 1), (2, 0)]:
        direct = float(risk.loss(plane.at(surface.x[j], surface.y[i])))
        assert surface.values[i, j] == pytest.approx(direct, rel=1e-6)
