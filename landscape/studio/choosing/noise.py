"""Choosing what a step sees and how long it is: batches, their seed, and a schedule."""

from landscape import SCHEDULES
from landscape.studio import controls, landscapes
from landscape.studio.cached import Numbers
from landscape.studio.choosing.numbers import key_of, number
from landscape.studio.landscapes import Choice, DataChoice
from landscape.studio.texts import _

LARGEST_SEED = 9999
"""What may be typed as a seed."""


def num_examples(choice: Choice) -> int:
    """How many examples a landscape's loss is made of; none where it is a function."""
    return landscapes.objective(choice).num_examples or 0


def batch(choice: DataChoice, default: int) -> tuple[int, list[str]]:
    """Choose how many examples a step sees, from one to all of them."""
    most = num_examples(choice)
    sizes = [1, *(size for size in map(round, controls.series(2, most)) if size < most), most]
    size = controls.count(
        _("Batch size"),
        "batch",
        min(default, most),
        1,
        most,
        options=sorted(set(sizes)),
        words={most: _("all {count}").format(count=most)},
    )
    return size, ["batch"]


def seed() -> tuple[int, list[str]]:
    """Choose which random numbers decide."""
    return controls.whole(_("Seed"), "seed", 0, 0, LARGEST_SEED), ["seed"]


def schedule() -> tuple[str, list[str]]:
    """Choose how the learning rate changes over a run."""
    titles = {name: _(spec.title) for name, spec in SCHEDULES.items()}
    return controls.choice(_("Schedule"), "schedule", list(SCHEDULES), titles=titles), ["schedule"]


def schedule_numbers(name: str, *, drawn: bool) -> tuple[Numbers, list[str]]:
    """The numbers of a schedule; the keys are those of its controls."""
    spec = SCHEDULES[name]
    found = tuple(
        (each.name, number(spec.title, key_of(name, each), each, drawn=drawn))
        for each in spec.hyperparameters
    )
    return found, [key_of(name, each) for each in spec.hyperparameters]
