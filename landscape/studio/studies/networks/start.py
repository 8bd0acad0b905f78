"""Initialisation: signals through the layers, first steps and the landscape at the start, start by start."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from landscape.figures import Scale
from landscape.models import ACTIVATIONS
from landscape.studio import controls, initialized, landscapes, links, sharing, trained
from landscape.studio.choosing.networks import FIRST_ORDER, RATES
from landscape.studio.choosing.noise import LARGEST_SEED
from landscape.studio.choosing.numbers import limits
from landscape.studio.choosing.optimizers import rate_of
from landscape.studio.choosing.places import renew
from landscape.studio.initialized import Beginning
from landscape.studio.jobs import Wanted
from landscape.studio.plot import plot
from landscape.studio.studies.networks import start_files, start_pictures, start_words
from landscape.studio.studies.networks.start_pictures import Picture
from landscape.studio.studies.networks.waiting import gathered
from landscape.studio.texts import _
from landscape.studio.trained import NetworkChoice, Recipe

FIRST = Recipe(NetworkChoice(depth=10), "gd", (("learning_rate", 0.1),), epochs=5)
"""What a newcomer finds: deep enough that a factor in each layer is seen."""

CHOSEN, MOST = ("xavier", "he", "zeros", "large"), 5
"""Starts that are compared at first, and at most."""

DEPTHS, MAX_DEPTH = [2, 3, 5, 8, 10, 15, 20, 30], 30
WIDTHS, MAX_WIDTH = [1, 2, 4, 8, 16, 32, 64], 64
EPOCHS, MAX_EPOCHS = [1, 2, 3, 5, 10, 20], 20
RULES = ("gd", "momentum", "adam")
BATCH = 64
"""Examples that a step sees, or all where there are fewer."""


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    with st.sidebar:
        picture, keys = _controls()
    links.show_notes(st)
    place = st.container(key="under-way").container(horizontal=True, vertical_alignment="center")
    _draw(picture, place)
    return keys


def _controls() -> tuple[Picture, list[str]]:
    names = controls.choices(
        _("First weights"),
        "inits-start",
        list(initialized.STARTS),
        list(CHOSEN),
        limit=MOST,
        titles=start_words.titles(),
    )
    factor = controls.log_number(
        _("Too small, too large: times"), "factor-start", 2.0, (1.1, 10.0), (1.0, 100.0),
        help=_("Xavier’s weights divided, or multiplied, by this."),
    )  # fmt: skip
    network = FIRST.network
    depth = controls.count(_("Hidden layers"), "depth-start", network.depth, 2, MAX_DEPTH, options=DEPTHS)
    activation = controls.choice(
        _("Activation"), "activation-start", list(ACTIVATIONS), titles={"identity": _("none: linear")}
    )
    keys = ["inits-start", "factor-start", "depth-start", "activation-start"]
    forwards, backs = start_words.forwards(), start_words.backs()
    forward = controls.choice(_("Forward"), "forward-start", list(forwards), titles=forwards)
    back = controls.choice(_("Back"), "back-start", list(backs), titles=backs)
    keys += ["forward-start", "back-start"]
    with st.expander(_("Network and training")):
        recipe, more = _recipe(replace(network, depth=depth, activation=activation))
    with st.expander(_("Landscape at the start")):
        reach = controls.log_number(_("Reach"), "reach-start", 1.0, (0.1, 5.0), (1e-3, 100.0))
        scales: Mapping[Scale, str] = {"linear": _("Linear"), "log": _("Logarithmic")}
        scale = controls.segments(_("Heights"), "heights-start", scales, "linear")
    beginnings = tuple(initialized.named(recipe, name, factor) for name in names)
    return Picture(beginnings, forward, back, reach, scale), [*keys, *more, "reach-start", "heights-start"]


def _recipe(network: NetworkChoice) -> tuple[Recipe, list[str]]:
    """Choose the rest of the network, and the first steps."""
    data = {name: _(landscapes.title(name)) for name in trained.DATA}
    dataset = controls.choice(_("Data"), "data-start", list(data), titles=data)
    models = {"mlp": _("Multilayer perceptron"), "residual-mlp": _("Multilayer perceptron with skips")}
    model = controls.choice(_("Network"), "model-start", list(models), titles=models)
    width = controls.count(_("Units in a layer"), "width-start", network.width, 1, MAX_WIDTH, options=WIDTHS)
    rule = controls.choice(_("Optimizer"), "optimizer-start", list(RULES), titles=start_words.rules(RULES))
    first = {"gd": 0.1}.get(rule, FIRST_ORDER[rule])
    renew("rate-of-start", rule, {"lr-start": first})
    found = rate_of(rule)
    assert found is not None
    rate = controls.log_number(_("Learning rate η"), "lr-start", first, RATES, limits(found))
    epochs = controls.count(_("Epochs"), "epochs-start", FIRST.epochs, 1, MAX_EPOCHS, options=EPOCHS)
    seed = controls.whole(_("Seed"), "seed-start", 0, 0, LARGEST_SEED)
    keys = ["data-start", "model-start", "width-start", "optimizer-start", "lr-start", "epochs-start"]
    chosen = replace(network, dataset=dataset, model=model, width=width, seed=seed)
    most = trained.parts(dataset, 0)[0].num_examples
    recipe = Recipe(chosen, rule, (("learning_rate", rate),), epochs, BATCH if most > BATCH else None)
    return recipe, [*keys, "seed-start"]


def _wanted(beginnings: tuple[Beginning, ...], reach: float) -> list[Wanted]:
    """All that the page shows, what is soonest there first."""
    wanted = [Wanted(initialized.measured, (each,)) for each in beginnings]
    wanted += [Wanted(initialized.first_steps, (each,)) for each in beginnings]
    for size in initialized.SIZES:
        wanted += [Wanted(initialized.surface, (each, size, reach)) for each in beginnings]
    return wanted


def _draw(picture: Picture, place: Any) -> None:
    """What there is, in three rows: signals and first steps, the numbers, the landscapes."""
    wanted = _wanted(picture.beginnings, picture.reach)
    found = gathered(wanted, picture, "start", place, lambda: _("Measuring, training, looking around"))
    panels = start_pictures.charts(picture)
    st.markdown(start_words.headline(picture.beginnings))
    if panels:
        plot("start", panels, columns=(1,) * len(panels), height=330)
        st.markdown(start_words.table(picture.beginnings))
        st.markdown("  \n".join(start_words.remarks(picture.beginnings)))
    landscapes_there = start_pictures.landscapes(picture)
    if landscapes_there:
        st.markdown(start_words.landscapes(picture))
        plot("start-landscapes", landscapes_there, columns=(1,) * len(picture.beginnings), height=210)
    if all(each is not None for each in found):
        sharing.bar("networks", **start_files.offers(picture, [*panels, *landscapes_there]))
