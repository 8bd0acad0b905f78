"""The bounded number of compiled programs of what readers type."""

from concurrent.futures import ThreadPoolExecutor, wait

import compiling
import numpy as np
from jax.tree_util import Partial

import landscape
from landscape import OPTIMIZERS, Objective
from landscape.studio import disk_cache
from landscape.studio.programs import Programs


def test_one_more_than_fits_lets_go_of_all_others():
    held = Programs(most=3)
    assert not any(held.use(name) for name in "abcabc")
    assert held.use("d")
    assert not any(held.use(name) for name in "dab")
    assert held.use("c")


def test_what_is_let_go_of_is_compiled_again_and_gives_the_same():
    bowl = Objective(Partial(lambda p: (p**2).sum()), np.ones(2), domain=((-1, 1), (-1, 1)))
    first = landscape.evaluate(bowl, resolution=5).values
    with compiling.counted() as names:
        landscape.evaluate(bowl, resolution=5)
    assert not names
    held = Programs(most=1)
    held.use("bowl")
    assert held.use("another")
    with compiling.counted() as names:
        again = landscape.evaluate(bowl, resolution=5).values
    assert names
    np.testing.assert_array_equal(again, first)


def test_a_run_under_way_is_not_disturbed():
    """Another reader's descent, interrupted at any moment by the release of all programs."""
    objective, optimizer = landscape.FUNCTIONS["booth"], OPTIMIZERS["gd"].build(learning_rate=0.05)
    wanted = landscape.descend(objective, optimizer, num_steps=20).params
    held = Programs(most=1)

    def walk() -> None:
        for _ in range(6):
            path = landscape.descend(objective, optimizer, num_steps=20)
            np.testing.assert_array_equal(path.params, wanted)

    with ThreadPoolExecutor(1) as pool:
        walking = pool.submit(walk)
        released = 0
        while not walking.done() or released < 2:
            held.use(released)
            released += 1
            wait([walking], timeout=0.05)
        walking.result()


def test_the_folder_on_disk_is_pruned_too(monkeypatch):
    pruned = []
    monkeypatch.setattr(disk_cache, "prune", lambda: pruned.append(True))
    held = Programs(most=1)
    held.use(1)
    assert not pruned
    held.use(2)
    assert pruned
