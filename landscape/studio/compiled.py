"""What a new formula compiles before a page can draw it, as a job: it may take a while."""

from landscape.parts import Progress
from landscape.studio import cached
from landscape.studio.formulated import FormulaChoice, solved
from landscape.studio.jobs import job


@job(maxsize=32)
def compiled(choice: FormulaChoice, progress: Progress) -> bool:
    """The critical points, the picture and the curvature: each asks for a program of its own."""
    x, y = (float(value) for value in solved(choice).objective.start)
    progress(0.5)
    cached.surface(choice)
    progress(0.75)
    cached.curvature(choice, (x, y))
    return True
