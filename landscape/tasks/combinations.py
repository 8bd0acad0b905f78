"""Tasks of combinations: several losses, a fair classifier, a policy of two actions."""

from landscape.tasks.task import Task

COMBINED: tuple[Task, ...] = ()
