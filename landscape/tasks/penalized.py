"""Tasks of penalties: a valley that is turned into a bowl."""

from landscape.tasks.task import Task

PENALIZED: tuple[Task, ...] = ()
