"""What the first reader would otherwise wait for: the programs that the page Paths begins with."""

from landscape.studio import cached, suggestions
from landscape.studio.landscapes import FunctionChoice, objective

LANDSCAPE = FunctionChoice("rosenbrock")
OPTIMIZERS = ("gd", "momentum", "adam")


def warm_up() -> None:
    """Compile them; each serves every number that a reader can choose."""
    x, y = (float(value) for value in objective(LANDSCAPE).start)
    cached.surface(LANDSCAPE)
    for optimizer in OPTIMIZERS:
        cached.path(LANDSCAPE, optimizer, suggestions.numbers(optimizer, LANDSCAPE), (x, y), 1)
