"""Points that are pulled and pushed, shared by readers: their walks, and the landscape of one of them."""

from dataclasses import dataclass

import numpy as np

from landscape import LOSSES, OPTIMIZERS, Path, Surface, evaluate
from landscape.objectives import Domain
from landscape.paths import descend
from landscape.studio.cached import Numbers
from landscape.studio.shared import shared
from landscape.tasks.embeddings import LABELS, Embedding, Layout, embedded_points

MAX_STEPS = 500
"""Of a walk, whatever a link asks for."""

CAPACITY = 512
"""Rows of the compiled program of a walk."""

RESOLUTION = 61
"""Grid points along each axis of a landscape."""

NARROW, WIDE = 2.0, 12.0
"""Half the side of the picture, at least and at most."""

Moved = tuple[tuple[int, float, float], ...]
"""Points that stand elsewhere than the seed puts them: index and place."""


@dataclass(frozen=True)
class Scene:
    """A loss and where the points start.

    Args:
        loss: A name of `LOSSES`.
        numbers: Inside the loss.
        layout: Where the points stand at first.
        seed: Of their places.
        moved: Points that the reader has put elsewhere.
    """

    loss: str
    numbers: Numbers
    layout: Layout
    seed: int
    moved: Moved

    def start(self) -> np.ndarray:
        """Where the points start, (15, 2)."""
        points = embedded_points(self.layout, self.seed)
        for index, x, y in self.moved:
            points[index] = x, y
        return points

    def embedding(self) -> Embedding:
        """The loss of how the points stand."""
        return Embedding(LOSSES[self.loss].replace(**dict(self.numbers)))


@shared(maxsize=64)
def walk(scene: Scene, optimizer: str, numbers: Numbers) -> Path:
    """The walk of all points, always of one length; its parameters are (steps, 15, 2)."""
    built = OPTIMIZERS[optimizer].build(**dict(numbers))
    return descend(
        scene.embedding().objective(scene.start()), built, num_steps=MAX_STEPS + 1, capacity=CAPACITY
    )


@shared(maxsize=64)
def active(scene: Scene, optimizer: str, numbers: Numbers) -> np.ndarray:
    """How many terms are above 0 at each step: (steps, 2) pulls and pushes of pairs, or (steps, 1)."""
    embedding = scene.embedding()
    above = embedding.terms(walk(scene, optimizer, numbers).params) > 0
    if scene.loss != "contrastive":
        return above.sum(axis=1, keepdims=True)
    assert embedding.wanted is not None
    pulls = embedding.wanted == 1
    return np.stack([above[:, pulls].sum(axis=1), above[:, ~pulls].sum(axis=1)], axis=1)


def reach(path: Path) -> float:
    """Half the side of the square that shows all points at all steps; those that diverge leave it."""
    places = np.abs(path.params[np.isfinite(path.params)])
    furthest = float(places.max()) if places.size else NARROW
    return min(max(NARROW, float(np.ceil(2.1 * furthest) / 2)), WIDE)


@shared(maxsize=64)
def surface(scene: Scene, places: tuple[float, ...], chosen: int, half: float) -> Surface:
    """The loss over the place of one point, the others held where they are given."""
    domain: Domain = ((-half, half), (-half, half))
    points = np.array(places).reshape(len(LABELS), 2)
    return evaluate(scene.embedding().landscape(points, chosen, domain), resolution=RESOLUTION)


@dataclass(frozen=True)
class Shown:
    """What is on the screen: a walk's scene, who walks, for how long, and which point is looked at.

    Args:
        scene: The loss and the start.
        optimizer: A name of `OPTIMIZERS`.
        numbers: Its hyper-parameters.
        num_steps: At most `MAX_STEPS`.
        chosen: Index of a point.
    """

    scene: Scene
    optimizer: str
    numbers: Numbers
    num_steps: int
    chosen: int

    @property
    def whole(self) -> Path:
        """The walk, one step longer than any that is shown."""
        return walk(self.scene, self.optimizer, self.numbers)

    @property
    def path(self) -> Path:
        """The walk as far as it is shown."""
        return self.whole.first(self.num_steps)

    @property
    def active(self) -> np.ndarray:
        """Terms above 0 at each step that is shown, (T + 1, 1 or 2)."""
        return active(self.scene, self.optimizer, self.numbers)[: self.num_steps + 1]
