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
        label = f"{SYMBOLS.get(name, name)} · {_(spec.quantities[name].title)}"
        found[label] = np.asarray(rows, float).reshape(path.num_steps, -1)
    return found


def track(optimizer: str, path: Path, heights: Heights, num_steps: int) -> Track:
    """The first steps of an optimizer's path, in its colour, with everything that the read-out says.

    Args:
        optimizer: A name of `OPTIMIZERS`.
        path: The path, longer than what is shown: the last point shown still has the gradient and the
            inner quantities of the step that would leave it.
        heights: The heights of the landscape's picture.
        num_steps: How many steps are shown, below `path.num_steps`.
    """
    style = path_style(optimizer)
    shown, ahead = path.first(num_steps), path.first(num_steps + 1)
    with np.errstate(all="ignore"):
        lifted = np.asarray(heights(shown.losses), float)
    readout = {
        f"g · {_('gradient')}": ahead.gradients,
        **quantities(optimizer, ahead),
        f"Δθ · {_('update')}": ahead.updates,
    }
    arrows = {"−gradient": -shown.gradients}
    for name in DIRECTIONS:
        if name in shown.internals:
            arrows["momentum"] = -np.asarray(shown.internals[name]).reshape(-1, 2)
    arrows["update"] = shown.updates
    labels = {"−gradient": _("−gradient"), "momentum": _("momentum"), "update": _("update")}
    return Track(
        name=optimizer,
        label=_(OPTIMIZERS[optimizer].title),
        color=style.color,
        dash=style.dash,
        points=np.asarray(shown.params, float),
        heights=lifted,
        losses=shown.losses,
        evaluations=shown.evaluations,
        arrows=arrows,
        arrow_labels={name: labels[name] for name in arrows},
        readout=readout,
        diverged_at=shown.diverged_at,
        note="" if shown.diverged_at is None else _("diverged at step {step}").format(step=shown.diverged_at),
    )


def table(path: Path) -> dict[str, np.ndarray]:
    """Every number of a path, column by column, as the reader sees it: `columns` with symbols for names."""
    written = {"step": _("step"), "evaluations": _("evaluations"), "loss": _("loss")}
    symbols = {"theta": "θ", "gradient": "g", "update": "Δθ"} | SYMBOLS
    found = {}
    for name, column in columns(path).items():
        stem, _separator, index = name.rpartition("_")
        if index.isdigit():
            found[symbols.get(stem, stem) + chr(ord("₀") + int(index))] = column
        else:
            found[written.get(name) or symbols.get(name, name)] = column
    return found


def columns(path: Path) -> dict[str, np.ndarray]:
    """Every number of a path, column by column: gradient, inner quantities and update leave the row's θ.

    The last iterate is left by no step: its row has NaN there.

    Args:
        path: A path over two parameters.

    Returns:
        Columns (T + 1,): step, evaluations, theta_1, theta_2, loss, gradient_1, gradient_2, the inner
        quantities by their names, update_1, update_2.
    """
    points = np.asarray(path.params, float)
    found = {
        "step": np.arange(path.num_steps + 1),
        "evaluations": path.evaluations,
        "theta_1": points[:, 0],
        "theta_2": points[:, 1],
        "loss": path.losses,
    }
    for name, rows in {"gradient": path.gradients, **path.internals, "update": path.updates}.items():
        flat = np.asarray(rows, float).reshape(path.num_steps, -1)
        for index in range(flat.shape[1]):
            place = f"_{index + 1}" if flat.shape[1] > 1 else ""
            found[name + place] = np.append(flat[:, index], np.nan)
    return found
