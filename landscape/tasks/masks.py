"""Tasks of overlap: a disc of some size and position beside a mask."""

from landscape.tasks.task import Task

MASKS: tuple[Task, ...] = ()
