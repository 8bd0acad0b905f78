"""The order of a race: single races put together, and rounding that decides nothing."""

from dataclasses import replace

import numpy as np

from landscape import FUNCTIONS
from landscape.sweeps.race import race, ranked

NAMES = ["gd", "momentum", "newton", "adam"]


def test_single_races_put_together_are_one_race():
    for name in ("rosenbrock", "saddle"):  # the second has no minimum: the least loss of all counts
        objective = FUNCTIONS[name]
        together = race(objective, NAMES, num_evaluations=40, num_rates=8)
        alone = [race(objective, [each], num_evaluations=40, num_rates=8).entries[0] for each in NAMES]
        entries, minimum = ranked(objective, alone)
        assert [entry.name for entry in entries] == [entry.name for entry in together.entries]
        assert [entry.steps_to_tolerance for entry in entries] == [
            entry.steps_to_tolerance for entry in together.entries
        ]
        assert minimum == together.minimum


def test_rounding_wins_no_race():
    high = FUNCTIONS["bowl"].replace(minimum=0.25)
    (entry,) = race(FUNCTIONS["bowl"], ["gd"], num_evaluations=5, shared_rate=0.1).entries

    def ended(name, losses):
        return replace(entry, name=name, path=replace(entry.path, losses=np.array(losses)))

    slow = ended("slow", [9.0, 4.0, 2.0, 1.0, 0.3, 0.25])
    fast = ended("fast", [9.0, 0.25 + 1e-8, 0.25, 0.25, 0.25, 0.25 + 2e-16])
    worse = ended("worse", [9.0, 0.25 + 1e-8, 0.25, 0.25, 0.25, 0.25 + 1e-9])
    gone = ended("gone", [9.0, 4.0, 2.0, 1.0, 0.3, np.nan])
    entries, _minimum = ranked(high, [gone, worse, slow, fast])
    assert [each.name for each in entries] == ["fast", "slow", "worse", "gone"]
    assert [each.steps_to_tolerance for each in entries] == [1, 5, 1, None]
