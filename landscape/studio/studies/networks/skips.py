"""Skips or not: the same deep network twice, and how rough the landscape about each end is, as numbers."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from landscape.figures import Scale
from landscape.figures.heights import number
from landscape.models import ACTIVATIONS, INITIALIZATIONS
from landscape.studio import choosing, controls, landscapes, links, sharing, skipped, trained
from landscape.studio.choosing.networks import FEW, FIRST_EPOCHS, SMALL_BATCH
from landscape.studio.choosing.noise import LARGEST_SEED
from landscape.studio.plot import plot
from landscape.studio.skipped import Family, Pair, Stage
from landscape.studio.studies.networks import skips_files, skips_pictures, skips_words
from landscape.studio.studies.networks.waiting import gathered
from landscape.studio.texts import _
from landscape.studio.trained import NetworkChoice, Recipe

DEPTHS: Mapping[Family, list[int]] = {
    "perceptron": [1, 2, 3, 5, 7, 10, 15, 20, 25, 30],
    "convolutional": [1, 2, 3, 5, 7, 10, 15],
}
WIDTHS: Mapping[Family, list[int]] = {
    "perceptron": [2, 4, 8, 16, 32],
    "convolutional": [1, 2, 4, 8],
}
FIRST: Mapping[Family, tuple[int, int]] = {"perceptron": (20, 16), "convolutional": (5, 4)}
"""Depth and width to begin with: a convolution looks at all places of an image."""

EPOCHS, MAX_EPOCHS = [1, 2, 5, 10, 15, 20, 30, 50, 100, 200], 200
ENOUGH, FIRST_RATE = 15, 0.005
"""Epochs, where the examples are many, and the learning rate to begin with."""

RATES = (1e-5, 1.0)
BATCH = 64
COUNTS = (1, 3, 5)
REACHES, REACH_LIMITS = (0.1, 5.0), (1e-3, 100.0)
NO_START = ("zeros",)
"""First weights of length 0 have no directions of their length."""


@dataclass(frozen=True)
class Choice:
    """What is compared, and how it is looked at.

    Args:
        pair: The two networks from the seed that is shown.
        count: How many seeds are compared.
        scale: How heights are drawn.
        view: Whether the slices are seen from above or from the side.
    """

    pair: Pair
    count: int
    scale: Scale
    view: Literal["above", "side"]

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that are compared."""
        return skipped.seeds(self.pair.recipe.network.seed, self.count)


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    with st.sidebar:
        choice, keys = _controls()
    links.show_notes(st)
    place = st.container(key="under-way").container(horizontal=True, vertical_alignment="center")
    for stage in skipped.stages(choice.pair, choice.seeds):
        words = functools.partial(_words, stage)
        found = gathered(stage.wanted, choice.pair, "skips", place, words)
        if any(each is None for each in found):
            break
    _draw(choice)
    return keys


def _controls() -> tuple[Choice, list[str]]:
    titles = {name: _(landscapes.title(name)) for name in trained.DATA}
    dataset = controls.choice(_("Data"), "data-skips", trained.DATA, titles=titles)
    family: Family = "perceptron"
    keys = ["data-skips"]
    if dataset in trained.IMAGES:
        families: Mapping[Family, str] = {"perceptron": _("Perceptron"), "convolutional": _("Convolutional")}
        family = controls.segments(_("Network"), "family-skips", families, "perceptron")
        keys.append("family-skips")
    first_depth, first_width = FIRST[family]
    choosing.renew(
        "shape-of-skips", family, {"depth-skips": float(first_depth), "width-skips": float(first_width)}
    )
    depth = controls.count(
        _("Hidden layers"), "depth-skips", first_depth, 1, DEPTHS[family][-1], options=DEPTHS[family]
    )
    width = controls.count(
        _("Channels") if family == "convolutional" else _("Units in a layer"),
        "width-skips",
        first_width,
        1,
        WIDTHS[family][-1],
        options=WIDTHS[family],
    )
    activation = controls.choice(
        _("Activation"), "activation-skips", list(ACTIVATIONS), titles={"identity": _("none: linear")}
    )
    rate = controls.log_number(
        _("Learning rate η"), "lr-skips", FIRST_RATE, RATES, (1e-9, 10.0), help=_("Of Adam, for both.")
    )
    usual = FIRST_EPOCHS.get(dataset, ENOUGH)
    choosing.renew("epochs-of-skips", usual, {"epochs-skips": float(usual)})
    epochs = controls.count(_("Epochs"), "epochs-skips", usual, 1, MAX_EPOCHS, options=EPOCHS)
    seed = controls.whole(
        _("Seed that is shown"),
        "seed-skips",
        0,
        0,
        LARGEST_SEED - COUNTS[-1],
        help=_("Of the first weights, the same for both, and of the order of the examples."),
    )
    counts = {str(count): str(count) for count in COUNTS}
    count = int(controls.segments(_("Seeds compared"), "seeds-skips", counts, "3"))
    views: Mapping[Literal["above", "side"], str] = {"above": _("From above"), "side": _("From the side")}
    view = controls.segments(_("View"), "view-skips", views, "above")
    keys += [f"{name}-skips" for name in ("depth", "width", "activation", "lr", "epochs", "seed")]
    keys += ["seeds-skips", "view-skips"]
    with st.expander(_("More settings")):
        starts = [name for name in INITIALIZATIONS if name not in NO_START]
        start = controls.choice(
            _("First weights"),
            "init-skips",
            starts,
            "xavier",
            titles={name: _(INITIALIZATIONS[name].title) for name in starts},
        )
        reach = controls.log_number(
            _("Reach"),
            "reach-skips",
            1.0,
            REACHES,
            REACH_LIMITS,
            help=_("At 1 every filter is moved by its own length."),
        )
        plane_seed = controls.whole(_("Seed of the directions"), "plane-skips", 0, 0, LARGEST_SEED)
        scales: Mapping[Scale, str] = {"linear": _("Linear"), "log": _("Logarithmic")}
        scale = controls.segments(_("Heights"), "scale-skips", scales, "linear")
    keys += [f"{name}-skips" for name in ("init", "reach", "plane", "scale")]
    network = NetworkChoice(
        dataset, skipped.PAIRS[family][0], width, depth, activation, initialization=start, seed=seed
    )
    most = trained.parts(dataset, 0)[0].num_examples
    batch = BATCH if most >= FEW else SMALL_BATCH
    recipe = Recipe(network, "adam", (("learning_rate", rate),), epochs, batch)
    return Choice(Pair(family, recipe, plane_seed, reach), count, scale, view), keys


def _draw(choice: Choice) -> None:
    """Draw what there is."""
    pair = choice.pair
    found = skipped.finest(pair)
    known = {seed: both for seed in choice.seeds if (both := skipped.both(pair.with_seed(seed))) is not None}
    if found is None:
        st.caption(_("Both networks are being trained: their slices and their numbers come here."))
        return
    slices = skips_pictures.slices(pair, found, choice.view, choice.scale)
    if slices:
        plot(f"skips-{choice.view}", slices, columns=(1, 1), height=400)
    st.markdown(skips_words.verdict(pair, found, known, choice.seeds))
    if known:
        st.markdown(skips_words.table(known))
    curves = skips_pictures.curves(pair, found)
    plot("skips-curves", curves, columns=(1,) * len(curves), height=220)
    st.caption(skips_words.measured(pair, found))
    sharing.bar("networks", **skips_files.offers(pair, choice.seeds, found, known, [*slices, *curves]))


def _words(stage: Stage) -> str:
    """What is being done, and how the trainings go."""
    if stage.kind != "training":
        return _("Seed {seed}: measuring both slices").format(seed=stage.seed)
    words = _("Seed {seed}: training both networks").format(seed=stage.seed)
    records = [each.jobs.so_far(*each.args) for each in stage.wanted]
    if not all(records):
        return words
    plain, residual = (each[-1] for each in records)
    return _("{words}, epoch {epoch}: loss {plain} without skips, {residual} with").format(
        words=words,
        epoch=number(float(f"{min(plain.epoch, residual.epoch):.3g}")),
        plain=number(plain.values["loss"]),
        residual=number(residual.values["loss"]),
    )
