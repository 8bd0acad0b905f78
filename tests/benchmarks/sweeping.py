"""Many runs at once against loops that a reader would write: learning rates, starts, pairs of rates."""

import inspect
from collections.abc import Callable
from typing import Any

import jax
import numerics
import numpy as np
from measuring import Row, added_memory, in_turn, spell

from landscape import FUNCTIONS, OPTIMIZERS
from landscape.sweeps import basins, sweep, trainability

ROSENBROCK, HIMMELBLAU = FUNCTIONS["rosenbrock"], FUNCTIONS["himmelblau"]
RATES = (1e-4, 1.0)
RATE = 0.01

SQUARE = np.random.default_rng(0).standard_normal((1024, 1024))
"""A matrix whose square is as fast as this machine computes in float64."""

MEASURED_RUNS = 4
"""Single PyTorch runs that are measured; the loop over all rates takes that much longer."""

PREPARE = """
from landscape import FUNCTIONS, OPTIMIZERS
from landscape.sweeps import basins

objective, optimizer = FUNCTIONS["himmelblau"], OPTIMIZERS["gd"].build(learning_rate=0.01)
basins(objective, optimizer, resolution=32, num_steps={steps})
"""
WORK = "basins(objective, optimizer, resolution={side}, num_steps={steps})"


def sweep_of_rates(count: int, num_steps: int, turns: int) -> list[Row]:
    """Adam on rosenbrock at many learning rates."""
    rates = np.geomspace(*RATES, count)
    start = np.array(numerics.START)
    works: dict[str, Callable[[], Any]] = {
        "ours": lambda: sweep(ROSENBROCK, "adam", rates, start, num_steps).final_losses,
        "numpy": lambda: numpy_sweep(rates, num_steps),
    }
    aims = {"numpy": ("NumPy, vectorised by hand, the same told of each run", 4)}
    if numerics.has_torch():
        works["torch"] = lambda: torch_runs(rates[: min(MEASURED_RUNS, count)], num_steps)
        aims["torch"] = (f"PyTorch loop, {MEASURED_RUNS} runs measured and the rest extrapolated", 50)
    losses = {name: work() for name, work in works.items()}
    for name, found in losses.items():
        close = np.isclose(losses["ours"][: len(found)], found, rtol=1e-5, atol=1e-10)
        assert close.mean() > 0.95, f"{name} ends elsewhere"  # rounding grows where a run jumps about
    jax.clear_caches()
    medians, first = in_turn(works, turns)
    if "torch" in medians:
        medians["torch"] *= count / min(MEASURED_RUNS, count)
    work = f"{count} learning rates × {num_steps} steps of Adam on rosenbrock"
    return [numerics.row(work, title, name, medians, first, aim) for name, (title, aim) in aims.items()]


def basins_of_himmelblau(side: int, num_steps: int, turns: int, large: int) -> list[Row]:
    """Gradient descent from every point of a grid; and the memory that a large grid takes."""
    built = OPTIMIZERS["gd"].build(learning_rate=RATE)
    works: dict[str, Callable[[], Any]] = {
        "ours": lambda: basins(HIMMELBLAU, built, side, num_steps).labels,
        "numpy": lambda: numpy_basins(side, num_steps),
    }
    assert (works["ours"]() == works["numpy"]()).mean() > 0.999, "NumPy ends elsewhere"
    jax.clear_caches()
    medians, first = in_turn(works, turns)
    work = f"basins of himmelblau, {side} × {side} starts × {num_steps} steps"
    rows = [numerics.row(work, "NumPy, vectorised by hand", "numpy", medians, first, 4)]
    steps = min(num_steps, 50)
    found = added_memory(PREPARE.format(steps=steps), WORK.format(side=large, steps=steps))
    if found is None:
        return rows
    return [
        *rows,
        Row(f"memory that {large} × {large} starts add", f"{found[0]:.0f} MB", "", "", "≤ 524 MB"),
    ]


def trainability_map(side: int, num_steps: int, turns: int) -> list[Row]:
    """The trainability map of the page, with its operations per second beside the machine's best."""
    works: dict[str, Callable[[], Any]] = {
        "ours": lambda: trainability(resolution=side, num_steps=num_steps).converged,
        "product": lambda: SQUARE @ SQUARE,
    }
    medians, first = in_turn(works, turns)
    # Three products of the examples with the weights, one forward and two backward, 2 operations each;
    # what is left is of the order of the examples times the units, the tanh counted as one.
    defaults = inspect.signature(trainability).parameters
    width, examples = defaults["width"].default, defaults["num_examples"].default
    operations = side * side * num_steps * (6 * examples * width**2 + 12 * examples * width)
    ours, best = operations / medians["ours"], 2 * len(SQUARE) ** 3 / medians["product"]
    return [
        Row(
            f"trainability map, {side} × {side} networks × {num_steps} full-batch steps",
            f"{spell(medians['ours'])}, {ours / 1e9:.1f} GFLOP/s",
            f"{best / 1e9:.0f} GFLOP/s (NumPy’s product of large matrices)",
            f"{ours / best:.0%} of it",
            "seconds",
            spell(max(first["ours"] - medians["ours"], 0.0)),
        )
    ]


def numpy_sweep(rates: np.ndarray, num_steps: int) -> np.ndarray:
    """All runs at once, in place, with the gradient derived by hand, and all that a sweep tells of a run."""
    count = len(rates)
    points = np.repeat(np.array(numerics.START)[:, None], count, axis=1)
    gradients, update, last = np.empty_like(points), np.empty_like(points), np.zeros_like(points)
    m, v = np.zeros_like(points), np.zeros_like(points)
    least, before = np.full(count, np.inf), np.full(count, np.inf)
    turning, rises = np.zeros(count), np.zeros(count)
    within, diverged_at = np.full(count, -1), np.full(count, -1)
    for step in range(num_steps + 1):
        x, y = points
        above = y - x * x
        losses = (1 - x) ** 2 + 100 * above * above
        if step == 0:
            threshold = 1e-6 * losses
        np.minimum(least, losses, out=least)
        rises += np.maximum(losses - before, 0)
        before = losses
        within[(within < 0) & (losses <= threshold)] = step
        diverged_at[(diverged_at < 0) & ~np.isfinite(losses)] = step
        if step == num_steps:
            break
        gradients[0] = -2 * (1 - x) - 400 * x * above
        gradients[1] = 200 * above
        m *= numerics.BETA1
        m += (1 - numerics.BETA1) * gradients
        v *= numerics.BETA2
        v += (1 - numerics.BETA2) * gradients * gradients
        scale = -rates / (1 - numerics.BETA1 ** (step + 1))
        np.multiply(scale, m, out=update)
        update /= np.sqrt(v / (1 - numerics.BETA2 ** (step + 1))) + numerics.EPSILON
        turning += (update * last).sum(axis=0)
        last[:] = update
        points += update
    return losses


def torch_runs(rates: np.ndarray, num_steps: int) -> np.ndarray:
    """One run of torch.optim.Adam after the other."""
    import torch

    losses = []
    for rate in rates:
        point = torch.tensor(numerics.START, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([point], lr=float(rate), eps=numerics.EPSILON)
        for _ in range(num_steps):
            optimizer.zero_grad()
            loss = (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            losses.append(float((1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2))
    return np.array(losses)


def numpy_basins(side: int, num_steps: int) -> np.ndarray:
    """All runs at once, in place, with the gradient derived by hand; then the nearest minimizer."""
    axes = [np.linspace(low, high, side) for low, high in HIMMELBLAU.domain or ()]
    x, y = (each.copy() for each in np.meshgrid(*axes))
    entered = np.full((side, side), -1)
    goals = np.asarray(HIMMELBLAU.minimizers)
    with np.errstate(all="ignore"):
        for step in range(num_steps):
            # The steps are counted as ours counts them: when a run came within reach for good.
            near = np.zeros((side, side), bool)
            for a, b in goals:
                near |= (x - a) ** 2 + (y - b) ** 2 <= 1e-6
            entered = np.where(near, np.where(entered < 0, step, entered), -1)
            p, q = x * x + y - 11, x + y * y - 7
            dx, dy = 4 * x * p + 2 * q, 2 * p + 4 * y * q
            x -= RATE * dx
            y -= RATE * dy
    gaps = np.stack([(x - a) ** 2 + (y - b) ** 2 for a, b in goals])
    labels = np.where(gaps.min(axis=0) <= 1e-6, gaps.argmin(axis=0), -2)
    return np.where(np.isfinite(x) & np.isfinite(y), labels, -1)
