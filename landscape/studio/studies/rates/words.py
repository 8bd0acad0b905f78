"""Words that several studies share: what becomes of a run, and the limits that theory knows."""

import math

from landscape import stability
from landscape.studio import cached, landscapes
from landscape.studio.swept import Runner
from landscape.studio.texts import _

BELOW_ONE = 1 - 1e-12
"""Momentum of 1 loses nothing on the way and never settles; the limit is that of one right below."""

SAME = 1e-6
"""Curvatures closer than this are one."""


def outcomes(*, long: bool = False) -> dict[str, str]:
    """What becomes of a run, in the reader's language: a word, or the end of a sentence."""
    if long:
        return {
            "crawls": _("crawls: it is still on its way after the last step"),
            "converges": _("converges"),
            "oscillates": _("oscillates: it jumps from side to side"),
            "diverges": _("diverges: every step leads further away"),
        }
    return {
        "crawls": _("crawls"),
        "converges": _("converges"),
        "oscillates": _("oscillates"),
        "diverges": _("diverges"),
    }


def stability_limits(runner: Runner) -> list[tuple[float, str, str]]:
    """The largest stable rates at the minimizer and at the start, with label and dash, where known."""
    first = max(cached.curvature(runner.choice, runner.start).sharpness, 0.0)
    momentum = {"gd": 0.0, "momentum": dict(runner.numbers).get("momentum")}.get(runner.optimizer)
    if momentum is None:
        return []
    momentum = min(momentum, BELOW_ONE)
    top = "2/λₘₐₓ" if runner.optimizer == "gd" else "2(1 + β)/λₘₐₓ"
    several = len(landscapes.minimizers(landscapes.objective(runner.choice))) > 1
    settled = cached.sharpness(runner.choice) or 0.0
    minimum = _("at the sharpest minimum") if several else _("at the minimum")
    places = [(settled, minimum, "solid"), (first, _("at the start"), "dash")]
    if math.isclose(settled, first, rel_tol=SAME):
        places = [(settled, "", "solid")]
    return [
        (float(stability.largest_stable_learning_rate(curvature, momentum)), f"{top} {where}".strip(), dash)
        for curvature, where, dash in places
        if curvature > 0 and math.isfinite(curvature)
    ]
