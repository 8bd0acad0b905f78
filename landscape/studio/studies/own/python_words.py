"""What is said of a program's slice: how far it can be trusted, and how rough it is."""

import numpy as np

from landscape.figures.heights import number
from landscape.planes.given import MAX_ROWS, Walked
from landscape.roughness import Roughness
from landscape.studio import shown
from landscape.studio.links import quoted
from landscape.studio.shown import Showing
from landscape.studio.studies.networks.slice_words import percent
from landscape.studio.texts import _
from landscape.studio.viewed import LOSS, View


def kinds() -> dict[str, str]:
    """The planes in the reader's language."""
    return {
        "given": _("Given by the program"),
        "coordinates": _("The two parameters"),
        "principal": _("Principal: where the paths ran"),
        "random": _("Random directions"),
        "hessian": _("Hessian: where it bends most"),
        "gradient": _("Gradient and Hessian · gradient"),
    }


def axes(view: View) -> tuple[str, str]:
    """What the axes of a slice are."""
    return {
        "given": ("u", "v"),
        "coordinates": ("θ₁", "θ₂"),
        "principal": (_("1st principal"), _("2nd principal")),
        "random": (_("random u"), _("random v")),
        "hessian": (_("eigenvector of λ₁"), _("eigenvector of λ₂")),
        "gradient": (_("−gradient"), _("H · gradient, across")),
    }[view.kind]


def height(name: str) -> str:
    """A height in the reader's language; a measure under its own name."""
    return _("loss") if name == LOSS else quoted(name)


def path(walked: Walked) -> str:
    """A path's name: the program's own, or its number."""
    first, blank, count = walked.name.partition(" ")
    if first == "path" and blank and count.isdigit():
        return _("path {number}").format(number=count)
    return quoted(walked.name)


def name(showing: Showing) -> str:
    """An objective's name in the list of those that are shown."""
    found = showing.objective
    return f"{showing.number}: {quoted(found.title or found.name)}"


def refusal(view: View, reason: str) -> str:
    """Why there is no such plane."""
    return {
        "given": _("This plane cannot be drawn: {reason}"),
        "coordinates": _("This plane cannot be drawn: {reason}"),
        "principal": _("The paths lie on one line, or their plane cannot be drawn: {reason}"),
        "random": _("There are no such random directions: {reason}"),
        "hessian": _("There is no plane of the Hessian here: {reason}"),
        "gradient": _("There is no plane of the gradient here: {reason}"),
    }[view.kind].format(reason=quoted_long(reason))


def quoted_long(reason: str) -> str:
    """An error's own words, made harmless for a message."""
    plain = "".join(
        letter if letter.isprintable() and letter not in "*_[]<>$\\~#|" else " " for letter in reason
    )
    return plain if len(plain) <= 300 else plain[:299] + "…"


def failure(reason: str) -> str:
    """What is said where the loss itself has raised an error."""
    return _(
        "The loss has raised an error: {reason} (The whole traceback stands where the program runs.)"
    ).format(reason=quoted_long(reason))


def when(walked: Walked, row: int) -> str:
    """When a row of a path was reached, in words."""
    return _("at step {step}").format(step=f"{walked.steps[row]:,}")


def rough(found: Roughness) -> str:
    """How rough the slice is, as numbers."""
    if not np.isfinite(found.negative_share):
        return _("Roughness: the slice has no finite curvature.")
    return _(
        "Roughness, on {size}² points: it bends down at {share} % of them, has inner minima: {count}, and "
        "along its lines the loss goes {variation} times its range up and down (1: it only rises or falls)."
    ).format(
        size=found.x.size,
        share=percent(found.negative_share),
        count=found.num_minima,
        variation=number(float(f"{found.variation:.3g}")),
    )


def about(view: View) -> str:
    """The objective, and what of its paths is drawn, in one line."""
    showing = shown.showing(view.number)
    found = showing.objective
    said = _("{name}: {count} parameters; the slice goes through {point}.").format(
        name=quoted(found.title or found.name),
        count=f"{found.num_parameters:,}",
        point=_("the end of the first path") if showing.paths else _("its start"),
    )
    if view.kind in ("given", "coordinates"):
        said = _("{name}: {count} parameters.").format(
            name=quoted(found.title or found.name), count=f"{found.num_parameters:,}"
        )
    for walked in showing.paths:
        if walked.diverged_at is not None:
            said += " " + _("{path}: drawn until its row {row}, which is not finite.").format(
                path=path(walked), row=walked.diverged_at
            )
        if len(walked.steps) == MAX_ROWS:
            said += " " + _("{path}: {count} of its iterates are drawn.").format(
                path=path(walked), count=MAX_ROWS
            )
    return said
