"""Slice: a plane through a trained network's landscape, and how far the picture can be trusted."""

from dataclasses import replace
from functools import partial
from typing import Any, get_args

import streamlit as st

from landscape.figures import Scale
from landscape.figures.heights import number
from landscape.planes import Normalization
from landscape.studio import choosing, controls, links, sharing, sliced, trained
from landscape.studio.choosing.noise import LARGEST_SEED
from landscape.studio.jobs import Wanted
from landscape.studio.panels import Panel
from landscape.studio.plot import Click, plot
from landscape.studio.sliced import Cut, Refused
from landscape.studio.studies.networks import (
    slice_files,
    slice_pictures,
    slice_upload,
    slice_words,
    waiting,
)
from landscape.studio.studies.networks.slice_pictures import Picture
from landscape.studio.texts import _
from landscape.studio.trained import Recipe

REACHES, REACH_LIMITS = (0.05, 5.0), (1e-3, 100.0)
"""Ends of the slider, and what may be typed."""


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    with st.sidebar:
        above = st.container()
        with st.expander(_("Network and training")):
            recipe, keys = choosing.recipe("net")
        upload = slice_upload.ask(recipe)
        with above:
            picture, more = _controls(recipe, upload.digest if upload else "")
    links.show_notes(st)
    slice_upload.tell(upload)
    place = st.container(key="under-way").container(horizontal=True, vertical_alignment="center")
    if _is_there(picture, place):
        _draw(picture, place)
    return [*keys, *more]


def _controls(recipe: Recipe, upload: str) -> tuple[Picture, list[str]]:
    kinds = {
        "principal": _("Principal: where the path ran"),
        "random": _("Random directions"),
        "hessian": _("Hessian: where it bends most"),
        "gradient": _("Gradient and update"),
    }
    offered = [kind for kind in sliced.KINDS if not (upload and kind == "principal")]
    kind = controls.choice(_("Plane"), "plane-slice", offered, titles=kinds)
    links.show("plane-slice", kind, sliced.KINDS[0])  # also where an upload has another default
    keys = ["plane-slice", "reach-slice", "height-slice", "size-slice", "scale-slice"]
    cut = Cut(recipe, kind, upload=upload)
    if kind == "random":
        lengths: dict[str, str] = {
            "filter": _("Filter"), "layer": _("Layer"), "weight": _("Weight"), "none": _("None"),
        }  # fmt: skip
        normalize = controls.choice(
            _("Directions as long as each"),
            "normalize-slice",
            get_args(Normalization),
            titles=lengths,
            help=_("Li et al. give each filter of a direction the norm of the network’s own filter."),
        )
        seed = controls.whole(_("Seed of the directions"), "seed-slice", 0, 0, LARGEST_SEED)
        cut = replace(cut, normalize=normalize, seed=seed)
        keys += ["normalize-slice", "seed-slice"]
    reach = controls.log_number(
        _("Reach"),
        "reach-slice",
        1.0,
        REACHES,
        REACH_LIMITS,
        help=_("Of random directions in their own lengths; else in multiples of what shows the path."),
    )
    names = sliced.heights(recipe)
    words = {name.replace("_", "-"): slice_words.titles()[name] for name in names}
    height = controls.choice(_("Height shows"), "height-slice", list(words), titles=words).replace("-", "_")
    sizes = {str(size): f"{size}²" for size in sliced.SIZES}
    size = int(controls.segments(_("Grid"), "size-slice", sizes, "49"))
    scale: Scale = "linear"
    if not height.endswith("accuracy"):
        scales: dict[Scale, str] = {"linear": _("Linear"), "log": _("Logarithmic")}
        scale = controls.segments(_("Heights"), "scale-slice", scales, "linear")
    fitting = max(each for each in sliced.sizes(height) if each <= size)
    return Picture(replace(cut, reach=reach), height, fitting, scale), keys


def _is_there(picture: Picture, place: Any) -> bool:
    """Whether there is a first picture; if not, it is on its way, or the reader is told why not."""
    cut, recipe = picture.cut, picture.cut.recipe
    training = Wanted(trained.training, (recipe,))
    if not cut.upload and _waited_for(training, recipe, place, _("Training the network")) is None:
        return False
    if not cut.upload and not _has_path(recipe):
        st.error(_("The training diverged at its first steps: there is nothing to slice. Take a smaller η."))
        return False
    frame = _waited_for(Wanted(sliced.frame, (cut,)), cut, place, _("Looking for the plane"))
    if isinstance(frame, Refused):
        st.error(_refusal(cut))
    if frame is None or isinstance(frame, Refused):
        return False
    coarse = Wanted(sliced.surface, (cut, sliced.sizes(picture.height)[0], picture.height))
    return (
        slice_pictures.reached(picture) is not None
        or _waited_for(coarse, cut, place, _("The first grid")) is not None
    )


def _has_path(recipe: Recipe) -> bool:
    found = sliced.training(recipe)
    return found.diverged_at is None or found.diverged_at > 1


def _refusal(cut: Cut) -> str:
    """Why there is no such plane."""
    return {
        "principal": _(
            "The path lies on one line, or does not move: it has no plane. Take random directions."
        ),
        "random": _("The weights are 0, and so is every direction as long as they are. Take “None”."),
        "hessian": _("The Hessian is not finite here, or the network has too few parameters for a plane."),
        "gradient": _("The gradient is 0 here, or parallel to the other direction: they span no plane."),
    }[cut.kind]


def _waited_for(wanted: Wanted, token: Any, place: Any, words: str) -> Any:
    """A result if it is there soon; else None, and it is waited for when the page is drawn."""
    return waiting.gathered([wanted], token, "slice", place, lambda: _so_far(words, wanted))[0]


def _so_far(words: str, wanted: Wanted) -> str:
    """What is waited for, and of a training how it goes."""
    records = wanted.jobs.so_far(*wanted.args)
    if not records:
        return words
    return _("{words}: epoch {epoch}, loss {loss}").format(
        words=words,
        epoch=number(float(f"{records[-1].epoch:.3g}")),
        loss=number(records[-1].values["loss"]),
    )


def _wanted(picture: Picture) -> list[Wanted]:
    """All that the page shows, what matters most first."""
    cut, height = picture.cut, picture.height
    wanted = []
    if not cut.upload:
        wanted.append(Wanted(sliced.trust, (cut,)))
        if height != "loss":
            wanted.append(Wanted(sliced.along, (cut, height)))
    sizes = [size for size in sliced.sizes(height) if size <= picture.size]
    wanted += [Wanted(sliced.surface, (cut, size, height)) for size in sizes[1:]]
    wanted.append(Wanted(sliced.curvature, (cut,)))
    if cut.kind == "random":
        wanted += [
            Wanted(sliced.surface, (each, slice_pictures.small_size(height), height))
            for each in (cut, *cut.others)
        ]
    return list(dict.fromkeys(wanted))


def _draw(picture: Picture, place: Any) -> None:
    """Draw what there is, and go on with what there is not yet."""
    cut = picture.cut
    words = _("Finer, and measuring how far to trust it")
    waiting.gathered(_wanted(picture), cut, "slice", place, lambda: words, soon=0.0)
    reached = slice_pictures.reached(picture)
    assert reached is not None
    surface, size = reached
    tracks = [] if cut.upload else [slice_pictures.track(picture, size)]
    panels = slice_pictures.main(picture, size)
    spoken = {"point": "(a, b)", "loss": slice_words.titles()[picture.height]}
    first, *more = _trust(picture) or [_("How far to trust this picture is being measured.")]
    st.markdown(first)
    plot("slice", panels, tracks, columns=(1.15, 1), height=310, words=spoken)
    st.markdown("\n".join(f"- {each}" for each in more))
    charts = slice_pictures.charts(picture)
    if charts:
        plot("slice-trust", charts, columns=(1,) * len(charts), height=230)
    seeds = _seeds(picture)
    st.caption(slice_words.trained_as(cut.recipe, None if cut.upload else sliced.path(cut.recipe)))
    everything = [*panels, *charts, *seeds]
    sharing.bar("networks", **slice_files.offers(picture, surface, everything, tracks, spoken))


def _trust(picture: Picture) -> list[str]:
    """How far to trust the picture, in words, the number that matters first."""
    cut, height = picture.cut, picture.height
    found, known = sliced.trust.kept(cut), slice_pictures.along(cut, height)
    bent = sliced.curvature.kept(cut)
    lines = []
    if found is not None:
        lines.append(slice_words.headline(found))
        if known is not None:
            name = slice_words.titles()[height]
            when = partial(slice_words.when, sliced.path(cut.recipe))
            lines.append(" ".join(slice_words.along(found, known, when, name)))
    if bent is not None:
        count = sliced.objective(cut.recipe).num_parameters
        lines.append(" ".join(slice_words.curved(bent, count)))
    if cut.kind == "random":
        lines.append(slice_words.crossed(sliced.plane(cut), sliced.angles(cut)))
    if height == sliced.SHARPNESS:
        lines.append(
            _(
                "Each of the {size}² points is a Lanczos run of 16 Hessian-vector products, so the grid "
                "is coarse; the value is never too large, and may be too small."
            ).format(size=picture.size)
        )
    return lines


def _seeds(picture: Picture) -> list[Panel]:
    """The same slice along the random directions of other seeds, and what is said of them."""
    cut, height = picture.cut, picture.height
    if cut.kind != "random":
        return []
    size = slice_pictures.small_size(height)
    known = [sliced.surface.kept(each, size, height) for each in (cut, *cut.others)]
    surfaces = [each for each in known if each is not None]
    if len(surfaces) < len(known):
        return []
    st.markdown(slice_words.scattered(surfaces, slice_words.titles()[height]))
    panels = [*slice_pictures.seeds(picture), slice_pictures.deviation(picture)]

    def clicked(click: Click) -> None:
        st.session_state["seed-slice"] = int(click.panel.removeprefix("seed-"))

    plot("slice-seeds", panels, on_click=clicked, columns=(1,) * len(panels), height=190)
    return panels
