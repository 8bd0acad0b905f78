"""Trainings as readers share them: what a page keeps of them is bounded, however large the network."""

from dataclasses import replace

import pytest

from landscape.studio import trained
from landscape.studio.trained import NetworkChoice, Recipe

SMALL = Recipe(NetworkChoice(dataset="iris", width=4, depth=1))
LARGEST = {
    "residual-mlp": trained.MAX_WIDTH,
    "residual-convolutional": trained.MAX_CHANNELS,
}


def test_a_small_network_keeps_all_checkpoints_of_a_page():
    assert trained.checkpoints(SMALL) == trained.CHECKPOINTS


@pytest.mark.parametrize("model", LARGEST)
def test_the_largest_network_keeps_few(model):
    network = NetworkChoice(model=model, width=LARGEST[model], depth=trained.MAX_DEPTH)
    recipe = replace(SMALL, network=network)
    rows = trained.checkpoints(recipe) + 1
    kept = rows * 3 * 4 * trained.risk(network).num_parameters
    assert trained.FEWEST < rows < trained.CHECKPOINTS
    assert kept < 3 * trained.KEPT_BYTES
