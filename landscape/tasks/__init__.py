"""Tasks: for every loss a small problem on which it is a landscape of two parameters."""

from landscape.losses import Loss
from landscape.objectives import Objective
from landscape.registries import Registry
from landscape.tasks.combinations import COMBINED
from landscape.tasks.embeddings import EMBEDDINGS
from landscape.tasks.gaussians import GAUSSIANS
from landscape.tasks.masks import MASKS
from landscape.tasks.penalized import PENALIZED
from landscape.tasks.supervised import SUPERVISED
from landscape.tasks.task import Task

__all__ = ["TASKS", "Task", "loss_landscape", "task_of"]

TASKS: Registry[Task] = Registry(
    "task", [*SUPERVISED, *EMBEDDINGS, *GAUSSIANS, *MASKS, *PENALIZED, *COMBINED]
)
"""Every task by its name; each loss has one."""


def task_of(loss: Loss) -> Task:
    """The task on which a loss is looked at.

    Args:
        loss: From `LOSSES`, with any numbers inside.

    Returns:
        The one task that is for it.

    Raises:
        ValueError: There is none.

    Example:
        >>> from landscape import LOSSES
        >>> task_of(LOSSES["triplet"]).title
        'A stray point'
    """
    for task in TASKS.values():
        if loss.name in task.losses:
            return task
    raise ValueError(f"`loss` must be one of LOSSES, got {loss.name}")


def loss_landscape(loss: Loss) -> Objective:
    """The landscape of a loss on its small task: an objective of two parameters.

    Args:
        loss: From `LOSSES`, with any numbers inside.

    Returns:
        An `Objective` of an array of shape (2,), with a domain and a start; `task_of` says what the two
        parameters are.

    Raises:
        ValueError: The loss is none of `LOSSES`.

    Example:
        >>> from landscape import LOSSES, loss_landscape
        >>> task_of(LOSSES["uncertainty-weighting"]).axes
        ('s₁', 's₂')
        >>> pair = loss_landscape(LOSSES["uncertainty-weighting"])
        >>> [round(float(value), 3) for value in pair.minimizers[0]]  # log 4 and log 1/4
        [1.386, -1.386]
    """
    return task_of(loss).make(loss)
