"""Tasks of supervised losses: small models on small data."""

from landscape.tasks.task import Task

SUPERVISED: tuple[Task, ...] = ()
