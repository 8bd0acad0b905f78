"""What the first reader would otherwise wait for: the programs that Paths and Networks begin with."""

from landscape.studio import answered, cached, sliced, suggestions, trained
from landscape.studio.jobs import Wanted, await_all
from landscape.studio.landscapes import FunctionChoice, objective
from landscape.studio.sliced import Cut
from landscape.studio.trained import Recipe

LANDSCAPE = FunctionChoice("rosenbrock")
OPTIMIZERS = ("gd", "momentum", "adam")

TRAINING = Recipe(epochs=1)
"""The first training of the page Networks, shorter: the number of its epochs compiles nothing."""


def warm_up() -> None:
    """Compile them; each serves every number that a reader can choose."""
    x, y = (float(value) for value in objective(LANDSCAPE).start)
    cached.surface(LANDSCAPE)
    for optimizer in OPTIMIZERS:
        cached.path(LANDSCAPE, optimizer, suggestions.numbers(optimizer, LANDSCAPE), (x, y), 1)
    train_one()


def train_one(recipe: Recipe = TRAINING) -> None:
    """A training, the slice that its path runs in, and what else its picture tells."""
    cut = Cut(recipe)
    answered.picture(recipe.network)
    surfaces = [Wanted(sliced.surface, (cut, size, "loss")) for size in sliced.SIZES[:-1]]
    for wanted in (
        [Wanted(trained.training, (recipe,))],
        [Wanted(sliced.frame, (cut,))],
        [*surfaces, Wanted(sliced.trust, (cut,)), Wanted(sliced.slope, (recipe,))],
    ):
        await_all(wanted, lambda share: None)
