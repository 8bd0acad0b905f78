"""Task: a small problem on which a loss is a landscape of two parameters."""

from collections.abc import Callable
from dataclasses import dataclass

from landscape.losses import Loss
from landscape.objectives import Objective


@dataclass(frozen=True)
class Task:
    """A small, stated problem on which each of some losses is a landscape of two parameters.

    Args:
        name: Lower-case hyphenated name.
        title: What a reader sees.
        statement: The data and the two parameters, in one or two sentences.
        axes: What the two parameters are called in formulas and at axes.
        losses: The names of the losses that it is for.
        make: Makes the landscape of one of them: an objective of an array of shape (2,), with a domain
            and a start in it, and its minimizers where they are known. The numbers inside the loss are
            leaves of its program, so that no value of them compiles anything.
        equal: Whether both parameters have one unit, so that a circle should be seen round.
        reference: Where the problem comes from; empty for one that was made up here.
    """

    name: str
    title: str
    statement: str
    axes: tuple[str, str]
    losses: tuple[str, ...]
    make: Callable[[Loss], Objective]
    equal: bool = False
    reference: str = ""


def check_loss(loss: Loss, *names: str) -> None:
    """Refuse a loss that a task is not for.

    Raises:
        ValueError: Its name is none of these.

    Example:
        >>> from landscape import LOSSES
        >>> check_loss(LOSSES["mse"], "contrastive", "triplet")
        Traceback (most recent call last):
        ValueError: `loss` must be one of contrastive, triplet, got mse
    """
    if loss.name not in names:
        known = names[0] if len(names) == 1 else f"one of {', '.join(names)}"
        raise ValueError(f"`loss` must be {known}, got {loss.name}")
