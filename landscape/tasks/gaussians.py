"""Tasks of distributions: a Gaussian that is moved and stretched until it is another."""

from landscape.tasks.task import Task

GAUSSIANS: tuple[Task, ...] = ()
