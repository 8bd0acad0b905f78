"""A program's own loss: slices of what `landscape.show` was given, and how far they can be trusted."""

from dataclasses import replace
from functools import partial
from typing import Any, get_args

import streamlit as st

from landscape.figures import Scale
from landscape.planes import Normalization
from landscape.studio import controls, links, sharing, shown, sliced, viewed
from landscape.studio.choosing.noise import LARGEST_SEED
from landscape.studio.jobs import Wanted
from landscape.studio.plot import plot
from landscape.studio.studies.networks import slice_words, waiting
from landscape.studio.studies.own import python_files, python_upload
from landscape.studio.studies.own import python_pictures as pictures
from landscape.studio.studies.own import python_words as words
from landscape.studio.studies.own.python_pictures import Picture
from landscape.studio.texts import _
from landscape.studio.viewed import LOSS, Failed, View

REACHES, REACH_LIMITS = (0.05, 5.0), (1e-3, 100.0)
"""Ends of the slider, and what may be typed."""

SHOW = """\
import jax.numpy as jnp
import landscape

def loss(params):
    outputs = jnp.tanh(params["w"] @ jnp.arange(3.0))
    return jnp.sum(outputs**2) + jnp.sum(params["b"] ** 2)

start = {"w": jnp.ones((4, 3)), "b": jnp.ones(4)}
objective = landscape.Objective(loss, start)

if __name__ == "__main__":
    adam = landscape.OPTIMIZERS["adam"].build(learning_rate=0.05)
    path = landscape.descend(objective, adam, num_steps=200)
    landscape.show(objective, paths={"Adam": path})
"""

SLICE = """\
python -m landscape slice my_program.py:objective \\
    --plane random --resolution 201 --out slice.npz
"""


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    there = shown.showings()
    keys: list[str] = []
    picture = None
    with st.sidebar:
        above = st.container()
        opened = python_upload.ask()
        with above:
            if opened is not None:
                scale, keys = _scale()
            elif there:
                picture, keys = _controls([each.number for each in there])
    links.show_notes(st)
    python_upload.tell()
    if opened is not None:
        python_upload.draw(opened, scale)
    elif picture is None:
        _explain()
    else:
        place = st.container(key="under-way").container(horizontal=True, vertical_alignment="center")
        if _is_there(picture, place):
            _draw(picture, place)
    return keys


def _explain() -> None:
    """What to do where nothing is shown."""
    st.markdown(_("#### A loss of your own program"))
    st.markdown(
        _(
            "Nothing is shown here yet. `landscape.show` opens this page on any scalar loss of JAX, Flax or "
            "Equinox, from a script or a notebook; it runs in your own process, and answers your machine "
            "alone. Save this as `my_program.py` and run it:"
        )
    )
    st.code(SHOW, language="python")
    st.markdown(
        _(
            "Without a screen, on every device, and going on after an interruption; open the file here, at "
            "the left, or with NumPy:"
        )
    )
    st.code(SLICE, language="bash")


def _scale() -> tuple[Scale, list[str]]:
    scales: dict[Scale, str] = {"linear": _("Linear"), "log": _("Logarithmic")}
    return controls.segments(_("Heights"), "scale-python", scales, "linear"), ["scale-python"]


def _controls(numbers: list[int]) -> tuple[Picture, list[str]]:
    keys = ["plane-python", "reach-python", "size-python"]
    number = numbers[0]
    if len(numbers) > 1:
        titles = {str(each): words.name(shown.showing(each)) for each in numbers}
        number = int(controls.choice(_("Shown, newest first"), "shown", list(titles), titles=titles))
        keys.append("shown")
    showing = shown.showing(number)
    kinds = viewed.kinds(showing)
    kind = controls.choice(_("Plane"), "plane-python", list(kinds), titles=words.kinds())
    view = View(number, kind)
    if kind == "random":
        lengths: dict[str, str] = {
            "filter": _("Filter"), "layer": _("Layer"), "weight": _("Weight"), "none": _("None"),
        }  # fmt: skip
        normalize = controls.choice(
            _("Directions as long as each"), "normalize-python", get_args(Normalization), titles=lengths
        )
        seed = controls.whole(_("Seed of the directions"), "seed-python", 0, 0, LARGEST_SEED)
        view = replace(view, normalize=normalize, seed=seed)
        keys += ["normalize-python", "seed-python"]
        if normalize == "filter" and viewed.ignored(showing.end):
            axes = {"last": _("(inputs, outputs)"), "first": _("(outputs, inputs)")}
            order = controls.segments(_("Order of the weights"), "filters-python", axes, "last")
            view = replace(view, filter_axis=-1 if order == "last" else 0)
            keys.append("filters-python")
    reach = controls.log_number(
        _("Reach"),
        "reach-python",
        1.0,
        REACHES,
        REACH_LIMITS,
        help=_("Of random directions in their own lengths; else in multiples of what is shown at first."),
    )
    height = LOSS
    names = viewed.heights(showing)
    if len(names) > 1:
        titled = {name: words.height(name) for name in names}
        height = controls.choice(_("Height shows"), "height-python", list(names), titles=titled)
        keys.append("height-python")
    sizes = {str(size): f"{size}²" for size in sliced.SIZES}
    size = int(controls.segments(_("Grid"), "size-python", sizes, "49"))
    scale, more = _scale()
    index = 0
    if len(showing.paths) > 1:
        listed = {str(at): words.path(walked) for at, walked in enumerate(showing.paths, start=1)}
        index = int(controls.choice(_("Path that is judged"), "path-python", list(listed), titles=listed)) - 1
        keys.append("path-python")
    return Picture(replace(view, reach=reach), height, size, scale, index), [*keys, *more]


def _is_there(picture: Picture, place: Any) -> bool:
    """Whether there is a first picture; if not, it is on its way, or the reader is told why not."""
    view = picture.view
    frame = _waited_for(Wanted(viewed.frame, (view,)), view, place, _("Looking for the plane"))
    if isinstance(frame, Failed):
        st.error(words.refusal(view, frame.reason))
    if frame is None or isinstance(frame, Failed):
        return False
    coarse = Wanted(viewed.surface, (view, sliced.SIZES[0], picture.height))
    found = viewed.finest(view, picture.size, picture.height)
    if found is None:
        found = _waited_for(coarse, view, place, _("The first grid"))
    if isinstance(found, Failed):
        st.error(words.failure(found.reason))
    return found is not None and not isinstance(found, Failed)


def _waited_for(wanted: Wanted, token: Any, place: Any, said: str) -> Any:
    """A result if it is there soon; else None, and it is waited for when the page is drawn."""
    return waiting.gathered([wanted], token, "python", place, lambda: said)[0]


def _wanted(picture: Picture) -> list[Wanted]:
    """All that the page shows, what matters most first."""
    view, height = picture.view, picture.height
    indices = sorted(range(len(picture.walked)), key=lambda index: index != picture.index)
    wanted = [Wanted(viewed.trust, (view, index)) for index in indices]
    if height != LOSS:
        wanted += [Wanted(viewed.along, (view, index, height)) for index in indices]
    sizes = [size for size in sliced.SIZES if size <= picture.size]
    wanted += [Wanted(viewed.surface, (view, size, height)) for size in sizes[1:]]
    return [*wanted, Wanted(viewed.curvature, (view,)), Wanted(viewed.rough, (view,))]


def _draw(picture: Picture, place: Any) -> None:
    """Draw what there is, and go on with what there is not yet."""
    view = picture.view
    said = _("Finer, and measuring how far to trust it")
    waiting.gathered(_wanted(picture), view, "python", place, lambda: said, soon=0.0)
    reached = viewed.finest(view, picture.size, picture.height)
    if isinstance(reached, Failed):  # of a finer grid: the coarse one is there
        st.error(words.failure(reached.reason))
        reached = viewed.finest(view, sliced.SIZES[0], picture.height)
    if reached is None or isinstance(reached, Failed):
        return
    surface, size = reached
    tracks = pictures.tracks(picture, size)
    panels = pictures.main(picture, size)
    spoken = {"point": "(a, b)", "loss": words.height(picture.height)}
    lines = _trust(picture)
    if picture.walked:
        first, *lines = lines or [_("How far to trust this picture is being measured.")]
        st.markdown(first)
    plot("own-python", panels, tracks, columns=(1.15, 1), height=330, words=spoken)
    st.markdown("\n".join(f"- {each}" for each in lines))
    charts = pictures.charts(picture)
    if charts:
        plot("own-python-trust", charts, columns=(1,) * len(charts), height=230)
    st.caption(words.about(view))
    sharing.bar("own", **python_files.offers(picture, surface, [*panels, *charts], tracks, spoken))


def _trust(picture: Picture) -> list[str]:
    """How far to trust the picture, in words, the number that matters first."""
    view = picture.view
    lines = []
    if picture.walked:
        walked = picture.walked[picture.index]
        found, known = viewed.trust.kept(view, picture.index), pictures.along(picture, picture.index)
        if isinstance(found, Failed):
            lines.append(words.failure(found.reason))
        elif found is not None:
            title = words.height(picture.height)
            name = f"{words.path(walked)}: " if len(picture.walked) > 1 else ""
            lines.append(name + slice_words.headline(found))
            if known is not None:
                lines.append(" ".join(slice_words.along(found, known, partial(words.when, walked), title)))
    bent = viewed.curvature.kept(view)
    if isinstance(bent, Failed):
        lines.append(words.failure(bent.reason))
    elif bent is not None:
        count = shown.showing(view.number).objective.num_parameters
        lines.append(" ".join(slice_words.curved(bent, count)))
    rough = viewed.rough.kept(view)
    if rough is not None and not isinstance(rough, Failed):
        lines.append(words.rough(rough))
    if view.kind == "random":
        lines.append(slice_words.crossed(viewed.plane(view), viewed.angles(view)))
    return lines
