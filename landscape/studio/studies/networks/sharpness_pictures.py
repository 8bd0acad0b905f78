"""The pictures of four minima, as far as what they show is known by now."""

from landscape import figures
from landscape.figures import Figure, MinimumSlice, Scale
from landscape.figures.colours import BLUE, ORANGE, SKY_BLUE, VERMILLION
from landscape.studio import flattened
from landscape.studio.flattened import RUNS, Comparison, Run
from landscape.studio.panels import Mark, Panel
from landscape.studio.shared import shared
from landscape.studio.studies.networks import sharpness_words
from landscape.studio.texts import _, language

COLOURS: dict[Run, str] = {
    "small": BLUE,
    "small-decay": SKY_BLUE,
    "large": VERMILLION,
    "large-decay": ORANGE,
}
"""Small batches are blue, large ones red; with weight decay they are lighter."""


def slices(choice: Comparison, scale: Scale) -> list[Panel]:
    """All four along one direction, and each over two."""
    known = tuple(run for run in RUNS if flattened.curves.kept(choice.slice(run)) is not None)
    seen = tuple(run for run in RUNS if flattened.seen.kept(choice.slice(run)) is not None)
    names = sharpness_words.names(choice.setting)
    found = [
        Panel(
            "slices",
            _curves(choice, known, scale, language()),
            "plain",
            _(
                "Training loss (solid) and held-out loss (dashed) along a random direction "
                "through each minimum."
            ),
        )
    ]
    for run in RUNS:
        figure = (
            _pane(choice, run, seen, scale, language())
            if run in seen
            else figures.unknown_slice(choice.reach)
        )
        label = _("The training loss over two random directions: {name}.").format(name=names[run])
        marks = [Mark("point", 0.0, 0.0, symbol="star")] if run in seen else []
        found.append(Panel(f"seen-{run}", figure, "chart", label, marks=marks, title=names[run]))
    return found


@shared(maxsize=32)
def _curves(choice: Comparison, known: tuple[Run, ...], scale: Scale, code: str) -> Figure:
    names, lines = sharpness_words.names(choice.setting), []
    for run in known:
        found = flattened.curves.kept(choice.slice(run))
        assert found is not None
        t = found.training.t
        lines.append(MinimumSlice(names[run], found.training.values, found.held_out.values, COLOURS[run]))
    along = _("t along one filter-normalized direction") if choice.filters else _("t along one direction")
    return figures.minima_slices(
        t if lines else (-choice.reach, choice.reach),
        lines,
        titles=(along, _("loss")),
        words=(_("training"), _("held out")),
        log=scale == "log",
    )


@shared(maxsize=64)
def _pane(choice: Comparison, run: Run, seen: tuple[Run, ...], scale: Scale, code: str) -> Figure:
    grids = {each: flattened.seen.kept(choice.slice(each)) for each in seen}
    shown = figures.measure(*(grid.values for grid in grids.values() if grid is not None), scale=scale)
    mine = grids[run]
    assert mine is not None
    titles = (_("random direction u"), _("random direction v"), _("loss"))
    return figures.slice_pane(
        mine.x, mine.y, mine.values, titles=titles, heights=shown, no_value=_("no value")
    )


def spectra(choice: Comparison, shown: str) -> list[Panel]:
    """The densities of the eigenvalues."""
    wanted = [run for run in RUNS if shown in ("all", run)]
    known = tuple(run for run in wanted if flattened.spectrum.kept(choice.place(run)) is not None)
    if not known:
        return []
    return [
        Panel(
            "spectra",
            _spectra(choice, known, language()),
            "plain",
            _("How the eigenvalues of the Hessian are spread at each minimum."),
            title=_("Eigenvalues of the Hessian: their density"),
        )
    ]


@shared(maxsize=32)
def _spectra(choice: Comparison, known: tuple[Run, ...], code: str) -> Figure:
    names, found = sharpness_words.names(choice.setting), {}
    for run in known:
        density = flattened.spectrum.kept(choice.place(run))
        assert density is not None
        found[names[run]] = (density.grid, density.density, density.width)
    return figures.hessian_spectra(
        found,
        {names[run]: COLOURS[run] for run in known},
        num_parameters=flattened.risk(choice.setting.recipe("small")).num_parameters,
        titles=(_("eigenvalue λ"), _("density")),
    )
