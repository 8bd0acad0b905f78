"""The library against loops that a reader would write: one recorded run, and a grid of runs."""

import importlib.util
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from measuring import Row, in_turn, spell, times

import landscape
from landscape import FUNCTIONS, OPTIMIZERS

ROSENBROCK = FUNCTIONS["rosenbrock"]
START = (-1.5, 2.0)
RATE, BETA1, BETA2, EPSILON = 0.05, 0.9, 0.999, 1e-8
WINDOW = ((-2.0, 2.0), (-1.0, 3.0))


def has_torch() -> bool:
    """Whether the peer is installed."""
    return importlib.util.find_spec("torch") is not None


def recorded_run(num_steps: int, turns: int) -> list[Row]:
    """Adam on rosenbrock, with every iterate, loss, gradient, update and inner quantity kept."""
    if not has_torch():
        return []

    def ours() -> np.ndarray:
        path = landscape.descend(ROSENBROCK, OPTIMIZERS["adam"].build(learning_rate=RATE), START, num_steps)
        return path.params

    works = {"ours": ours, "torch": lambda: torch_recorded_run(num_steps)["params"]}
    np.testing.assert_allclose(works["ours"](), works["torch"](), rtol=1e-6)
    jax.clear_caches()
    medians, first = in_turn(works, turns)
    return [
        row(f"{num_steps:,} Adam steps on rosenbrock, everything recorded", "torch.optim loop", "torch",
            medians, first, 200)
    ]  # fmt: skip


def grid_of_runs(side: int, num_steps: int, turns: int) -> list[Row]:
    """Adam from every point of a square grid."""
    axes = [np.linspace(low, high, side) for low, high in WINDOW]
    starts = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    built = OPTIMIZERS["adam"].build(learning_rate=RATE, beta1=BETA1, beta2=BETA2, epsilon=EPSILON)
    works: dict[str, Callable[[], Any]] = {
        "ours": lambda: landscape.endpoints(ROSENBROCK, built, starts, num_steps)[0],
        "numpy": lambda: numpy_grid(starts, num_steps),
    }
    aims = {"numpy": ("NumPy, vectorised by hand", 4)}
    if has_torch():
        works["torch"] = lambda: torch_grid(starts, num_steps)
        aims["torch"] = ("PyTorch, vectorised", 10)
    ends = {name: work() for name, work in works.items()}
    for name in aims:
        close = np.isclose(ends["ours"], ends[name], rtol=1e-6, atol=1e-6).all(axis=1)
        assert close.mean() > 0.99, f"{name} ends elsewhere"  # where rounding grows, the last digits differ
    jax.clear_caches()
    medians, first = in_turn(works, turns)
    work = f"{side} × {side} Adam runs of {num_steps} steps"
    return [row(work, title, name, medians, first, aim) for name, (title, aim) in aims.items()]


def row(
    work: str, title: str, peer: str, medians: dict[str, float], first: dict[str, float], aim: int
) -> Row:
    """A line of the table: how many times as long the other takes; an aim of 0 is none."""
    return Row(
        work,
        spell(medians["ours"]),
        f"{spell(medians[peer])} ({title})",
        times(medians[peer] / medians["ours"]),
        f"≥ {aim}×" if aim else "",
        spell(max(first["ours"] - medians["ours"], 0.0)),
    )


def numpy_grid(starts: np.ndarray, num_steps: int) -> np.ndarray:
    """All runs at once, in place, with the gradient derived by hand."""
    points = starts.T.copy()
    gradients = np.empty_like(points)
    m, v = np.zeros_like(points), np.zeros_like(points)
    for step in range(1, num_steps + 1):
        x, y = points
        above = y - x * x
        gradients[0] = -2 * (1 - x) - 400 * x * above
        gradients[1] = 200 * above
        m *= BETA1
        m += (1 - BETA1) * gradients
        v *= BETA2
        v += (1 - BETA2) * gradients * gradients
        points -= RATE * (m / (1 - BETA1**step)) / (np.sqrt(v / (1 - BETA2**step)) + EPSILON)
    return points.T


def torch_grid(starts: np.ndarray, num_steps: int) -> np.ndarray:
    """All runs at once, as one parameter of torch.optim.Adam."""
    import torch

    points = torch.tensor(starts, requires_grad=True)
    optimizer = torch.optim.Adam([points], lr=RATE, betas=(BETA1, BETA2), eps=EPSILON)
    for _ in range(num_steps):
        optimizer.zero_grad()
        x, y = points[:, 0], points[:, 1]
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).sum().backward()
        optimizer.step()
    return points.detach().numpy()


def torch_recorded_run(num_steps: int) -> dict[str, np.ndarray]:
    """The loop of torch.optim; what follows from the moments is computed afterwards, all at once."""
    import torch

    point = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([point], lr=RATE, betas=(BETA1, BETA2), eps=EPSILON)
    params, losses, gradients, m, v = [point.detach().clone()], [], [], [], []
    for _ in range(num_steps):
        optimizer.zero_grad()
        loss = (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2
        loss.backward()
        optimizer.step()
        state = optimizer.state[point]
        losses.append(loss.detach())
        gradients.append(point.grad.clone())
        m.append(state["exp_avg"].clone())
        v.append(state["exp_avg_sq"].clone())
        params.append(point.detach().clone())
    rows = {"params": params, "losses": losses, "gradients": gradients, "m": m, "v": v}
    path = {name: torch.stack(parts).numpy() for name, parts in rows.items()}
    counts = np.arange(1, num_steps + 1)[:, None]
    path["m_hat"], path["v_hat"] = path["m"] / (1 - BETA1**counts), path["v"] / (1 - BETA2**counts)
    path["updates"] = np.diff(path["params"], axis=0)
    return path
