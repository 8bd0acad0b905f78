"""Tasks of similarity: points of the plane that are pulled and pushed."""

from landscape.tasks.task import Task

EMBEDDINGS: tuple[Task, ...] = ()
