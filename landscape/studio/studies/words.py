"""Words that several studies share: what becomes of a run, and the limits that theory knows."""

from landscape import stability
from landscape.studio import cached
from landscape.studio.swept import Runner
from landscape.studio.texts import _


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
    """The largest stable rate at the minimizer and at the start, with a label and a dash; none unless known."""
    momentum = {"gd": 0.0, "momentum": dict(runner.numbers).get("momentum")}.get(runner.optimizer)
    if momentum is None:
        return []
    top = "2/λₘₐₓ" if momentum == 0 else "2(1 + β)/λₘₐₓ"
    places = (
        (cached.sharpness(runner.choice), _("at the minimum"), "solid"),
        (max(cached.curvature(runner.choice, runner.start).sharpness, 0.0), _("at the start"), "dash"),
    )
    return [
        (float(stability.largest_stable_learning_rate(curvature, momentum)), f"{top} {where}", dash)
        for curvature, where, dash in places
        if curvature
    ]
