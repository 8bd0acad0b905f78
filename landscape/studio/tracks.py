"""Paths as the plot component plays them: positions, arrows and the numbers behind each step."""

import numpy as np

from landscape import OPTIMIZERS, Path
from landscape.figures import Heights, path_style
from landscape.studio.panels import Track
from landscape.studio.texts import _

SYMBOLS = {
    "velocity": "v",
    "m": "m",
    "v": "v",
    "m_hat": "m̂",
    "v_hat": "v̂",
    "v_max": "v max",
    "accumulator": "G",
    "u": "u",
    "damping": "μ",
    "gain_ratio": "ϱ",
    "accepted": "a",
    "hessian": "H",
    "eigenvalues": "λ",
    "gauss_newton": "JᵀJ",
    "step_length": "α",
    "trials": "k",
}
"""How an inner quantity is written where there is no LaTeX; as the optimizers' own symbols."""

DIRECTIONS = ("velocity", "m", "m_hat")
"""Inner quantities that point somewhere: minus the quantity is drawn as an arrow."""


def quantities(optimizer: str, path: Path) -> dict[str, np.ndarray]:
    """The inner quantities of a path by their symbol and their name in the reader's language, (T, k) each."""
    spec = OPTIMIZERS[optimizer]
    found = {}
    for name, rows in path.internals.items():
        quantity = spec.quantities[name]
        label = f"{SYMBOLS.get(name, name)} · {_(quantity.title)}"
        found[label] = np.asarray(rows, float).reshape(path.num_steps, -1)
    return found


def track(optimizer: str, path: Path, heights: Heights) -> Track:
    """One optimizer's path, in its colour, with everything that the read-out says."""
    style = path_style(optimizer)
    points = np.asarray(path.params, float)
    with np.errstate(all="ignore"):
        lifted = np.asarray(heights(path.losses), float)
    readout = {
        f"g · {_('gradient')}": path.gradients,
        **quantities(optimizer, path),
        f"Δθ · {_('update')}": path.updates,
    }
    arrows = {_("−gradient"): -path.gradients}
    arrows |= {
        _("momentum"): -np.asarray(path.internals[name]).reshape(-1, 2)
        for name in DIRECTIONS
        if name in path.internals
    }
    arrows[_("update")] = path.updates
    return Track(
        name=optimizer,
        label=_(OPTIMIZERS[optimizer].title),
        color=style.color,
        dash=style.dash,
        points=points,
        heights=lifted,
        losses=path.losses,
        evaluations=path.evaluations,
        arrows=arrows,
        readout=readout,
        diverged_at=path.diverged_at,
        note="" if path.diverged_at is None else _("diverged at step {step}").format(step=path.diverged_at),
    )


def table(optimizer: str, path: Path) -> dict[str, np.ndarray]:
    """Every number of a path, column by column: the step leaves its row's θ."""

    def column(values: np.ndarray) -> np.ndarray:
        return np.append(np.asarray(values, float), np.nan)  # the last iterate is left by no step

    names = (_("step"), _("evaluations"), "θ₁", "θ₂", _("loss"))
    points = np.asarray(path.params, float)
    columns = (np.arange(path.num_steps + 1), path.evaluations, points[:, 0], points[:, 1], path.losses)
    result = dict(zip(names, columns, strict=True))
    parts = {"g": path.gradients} | {
        SYMBOLS.get(name, name): np.asarray(rows, float) for name, rows in path.internals.items()
    }
    for symbol, rows in {**parts, "Δθ": path.updates}.items():
        flat = np.reshape(rows, (path.num_steps, -1))
        for index in range(flat.shape[1]):
            suffix = chr(ord("₁") + index) if flat.shape[1] > 1 else ""
            result[symbol + suffix] = column(flat[:, index])
    return result
