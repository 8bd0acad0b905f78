"""Words of the study Embeddings: what a descent has come to."""

import math

import numpy as np

from landscape.figures.heights import number
from landscape.studio.embedded import Shown
from landscape.studio.texts import _
from landscape.tasks.embeddings import LABELS, right_neighbours, scores_along


def active_names(shown: Shown) -> list[str]:
    """What is counted: terms of the loss that are above 0."""
    if shown.scene.loss == "contrastive":
        return [_("active pulls"), _("active pushes")]
    return [_("active triplets") if shown.scene.loss == "triplet" else _("active pairs")]


def words_of(shown: Shown) -> str:
    """What the descent has come to, in a sentence or two."""
    path = shown.path
    if path.diverged_at is not None:
        return _("**It diverges at step {step}:** a smaller η would not.").format(step=path.diverged_at)
    if path.final_loss > path.losses[0]:
        return _("**The loss ends higher than it began:** η is too large.")
    if path.losses[0] > 0 and not path.gradients[0].any():
        return _(
            "**Nothing moves.** The loss is {loss}, and yet the gradient is 0: without a distance there is "
            "no direction in which to push. A collapse is a stationary point. Click to put a point elsewhere."
        ).format(loss=number(float(path.losses[0])))
    if path.final_loss == 0:
        step = int(np.argmax(path.losses == 0))
        return _(
            "**The loss is 0 from step {step} on:** no term is active, so there is no gradient any more."
        ).format(step=step)
    return _("**Terms whose loss is 0 move nothing:** only the active ones, counted above the curve, do.")


def table(shown: Shown) -> str:
    """The start beside the end, as a Markdown table."""
    path, ranking = shown.path, shown.scene.loss == "pairwise-ranking"
    total = shown.scene.embedding().num_terms
    head = ["", _("Loss"), *(name.capitalize() for name in active_names(shown)), _("Right neighbours")]
    head += [_("Pairs in order")] if ranking else []
    lines = []
    for title, row in ((_("Start"), 0), (_("Step {step}").format(step=shown.num_steps), -1)):
        cells = [title, _loss(path.losses[row])]
        cells += [
            f"{count} / {most}" for count, most in zip(shown.active[row], _most(shown, total), strict=True)
        ]
        cells.append(f"{int(right_neighbours(path.params[row]))} / {len(LABELS)}")
        if ranking:
            embedding = shown.scene.embedding()
            scored = scores_along(path.params[row])
            first, second = embedding.members
            cells.append(f"{int((scored[first] > scored[second]).sum())} / {total}")
        lines.append(cells)
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in [head, ["---", *["--:"] * (len(head) - 1)], *lines]
    )


def _most(shown: Shown, total: int) -> list[int]:
    """How many terms there are of each kind that is counted."""
    wanted = shown.scene.embedding().wanted
    if shown.scene.loss != "contrastive" or wanted is None:
        return [total]
    return [int(wanted.sum()), total - int(wanted.sum())]


def _loss(value: float) -> str:
    return number(value) if math.isfinite(value) else "∞" if value > 0 else "–"
