"""Sharp or flat: one network trained four ways, and whether the flatter minima generalize better."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from landscape import MODELS, OPTIMIZERS
from landscape.figures import Scale
from landscape.models import ACTIVATIONS
from landscape.studio import choosing, controls, flattened, landscapes, later, links, sharing, trained
from landscape.studio.choosing.noise import LARGEST_SEED
from landscape.studio.flattened import RUNS, Budget, Comparison, Setting
from landscape.studio.jobs import Wanted
from landscape.studio.plot import plot
from landscape.studio.studies.networks import sharpness_files, sharpness_pictures, sharpness_words
from landscape.studio.studies.networks.waiting import gathered
from landscape.studio.texts import _
from landscape.studio.trained import NetworkChoice

DEPTHS, MAX_DEPTH = [1, 2, 3, 4, 5, 6], 6
WIDTHS, MAX_WIDTH = {False: [2, 4, 8, 16, 32, 64], True: [1, 2, 4, 8]}, {False: 64, True: 8}
FIRST_WIDTH = {False: 32, True: 4}
"""Units, and channels of a convolution, each of which looks at all places of an image."""

FIRST_RATES = {"momentum": 0.03, "gd": 0.1, "adam": 0.003}
RATES, RATE_LIMITS = (1e-4, 1.0), (1e-9, 10.0)
EPOCHS, MAX_EPOCHS = [1, 2, 5, 10, 15, 20, 30, 50, 100], 100
BATCHES = [2, 4, 8, 16, 32, 64, 128, 256, 512]
SMALL, LARGE = 16, 256
REACHES, REACH_LIMITS = (0.1, 5.0), (1e-3, 100.0)
FACTORS, FACTOR_LIMITS = (0.1, 10.0), (0.01, 100.0)


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    with st.sidebar:
        choice, scale, shown, keys = _controls()
    links.show_notes(st)
    place = st.container(key="under-way").container(horizontal=True, vertical_alignment="center")
    wanted = _wanted(choice)
    gathered(wanted, choice, "sharp", place, lambda: sharpness_words.under_way(choice.setting))
    _draw(choice, scale, shown)
    following = _wanted(choice)
    if len(following) > len(wanted) and all(each.kept() is not None for each in wanted):
        later.go_on(later.again)  # a training has ended meanwhile: now it can be measured
    return keys


def _wanted(choice: Comparison) -> list[Wanted]:
    """The four trainings, and what is measured of those that have ended."""
    wanted = [Wanted(flattened.minimum, (choice.setting.recipe(run),)) for run in RUNS]
    for run in RUNS:
        found = choice.found(run)
        if found is not None and not found.diverged:
            if found.has_slices:
                wanted += [Wanted(flattened.curves, (choice.slice(run),))]
            wanted += [Wanted(flattened.bend, (choice.place(run),))]
            if found.has_slices:
                wanted += [Wanted(flattened.seen, (choice.slice(run),))]
            wanted += [Wanted(flattened.spectrum, (choice.place(run),))]
    return list(dict.fromkeys(wanted))


def _draw(choice: Comparison, scale: Scale, shown: str) -> None:
    st.markdown(sharpness_words.headline(choice))
    panels = sharpness_pictures.slices(choice, scale)
    plot("sharp", panels, columns=(1.7, 1, 1), lead=True, height=420)
    st.markdown(sharpness_words.table(choice))
    st.markdown("  \n".join(sharpness_words.told(choice)))
    spectra = sharpness_pictures.spectra(choice, shown)
    if spectra:
        plot("sharp-spectra", spectra, columns=(1,), height=260)
    st.caption("  \n".join(sharpness_words.measured(choice)))
    sharing.bar("networks", **sharpness_files.offers(choice, [*panels, *spectra]))


def _controls() -> tuple[Comparison, Scale, str, list[str]]:
    above = st.container()
    with st.expander(_("Network and training")):
        network, keys = _network()
        optimizer, rate, epochs, more = _optimizer()
        keys += more
        with st.container():
            seed = controls.whole(
                _("Seed"), "seed-sharp", 0, 0, LARGEST_SEED,
                help=_("Of the first weights, the same for all four, and of the order of the examples."),
            )  # fmt: skip
            split = controls.whole(
                _("Seed of the split"),
                "split-sharp",
                0,
                0,
                LARGEST_SEED,
                help=_("Which examples are held out."),
            )
    keys += ["seed-sharp", "split-sharp"]
    network = replace(network, seed=seed, split=split)
    with above:
        budgets: Mapping[Budget, str] = {"epochs": _("Epochs"), "steps": _("Steps")}
        budget = controls.segments(_("All four train as many"), "budget-sharp", budgets, "epochs")
        small, large = _batches(network)
        decay = controls.log_number(
            _("Weight decay"), "decay-sharp", 1e-3, (1e-5, 0.1), (0.0, 10.0),
            help=_("Times ‖w‖² of the weights, added to the loss: PyTorch’s weight_decay is twice it."),
        )  # fmt: skip
        filters = not controls.switch(
            _("Without filter normalization"),
            "plain-sharp",
            help=_("One direction for all four, as long as the first weights, whatever the last ones are."),
        )
        scales: Mapping[Scale, str] = {"linear": _("Linear"), "log": _("Logarithmic")}
        scale = controls.segments(_("Losses"), "scale-sharp", scales, "linear")
        factor = 1.0
        if flattened.can_be_rescaled(network):
            factor = controls.log_number(
                _("First layer × α, next ÷ α"), "factor-sharp", 1.0, FACTORS, FACTOR_LIMITS,
                help=_("With ReLU the network computes the same function (Dinh et al. 2017)."),
            )  # fmt: skip
            keys.append("factor-sharp")
        reach = controls.log_number(
            _("Reach"), "reach-sharp", 1.0, REACHES, REACH_LIMITS, help=_("In lengths of the direction.")
        )
        direction = controls.whole(_("Seed of the directions"), "direction-sharp", 0, 0, LARGEST_SEED)
        setting = Setting(network, optimizer, rate, small, large, decay, epochs, budget)
        named = sharpness_words.names(setting)
        names: dict[str, str] = {"all": _("all four")} | {str(run): name for run, name in named.items()}
        shown = controls.choice(_("Spectrum of"), "spectrum-sharp", list(names), titles=names)
    keys += [
        *("budget-sharp", "small-sharp", "large-sharp", "decay-sharp", "plain-sharp", "scale-sharp"),
        *("reach-sharp", "direction-sharp", "spectrum-sharp"),
    ]
    return Comparison(setting, factor, filters, direction, reach), scale, shown, keys


def _network() -> tuple[NetworkChoice, list[str]]:
    titles = {name: _(landscapes.title(name)) for name in trained.DATA}
    dataset = controls.choice(_("Data"), "data-sharp", trained.DATA, titles=titles)
    offered = [name for name in trained.NETWORKS if dataset in trained.IMAGES or not MODELS[name].images]
    titles = {name: _(MODELS[name].title) for name in offered}
    model = controls.choice(_("Network"), "model-sharp", offered, titles=titles)
    images = MODELS[model].images
    choosing.renew("width-of-sharp", images, {"width-sharp": float(FIRST_WIDTH[images])})
    depth = controls.count(_("Hidden layers"), "depth-sharp", 2, 1, MAX_DEPTH, options=DEPTHS)
    width = controls.count(
        _("Channels") if images else _("Units in a layer"),
        "width-sharp",
        FIRST_WIDTH[images],
        1,
        MAX_WIDTH[images],
        options=WIDTHS[images],
    )
    activation = controls.choice(
        _("Activation"), "activation-sharp", list(ACTIVATIONS), titles={"identity": _("none: linear")}
    )
    keys = [f"{name}-sharp" for name in ("data", "model", "depth", "width", "activation")]
    return NetworkChoice(dataset, model, width, depth, activation), keys


def _optimizer() -> tuple[str, float, int, list[str]]:
    titles = {name: _(OPTIMIZERS[name].title) for name in FIRST_RATES}
    name = controls.choice(_("Optimizer"), "optimizer-sharp", list(FIRST_RATES), titles=titles)
    choosing.renew("rate-of-sharp", name, {"lr-sharp": FIRST_RATES[name]})
    rate = controls.log_number(
        _("Learning rate η"),
        "lr-sharp",
        FIRST_RATES[name],
        RATES,
        RATE_LIMITS,
        help=_("The same for all four."),
    )
    epochs = controls.count(_("Epochs of the small batch"), "epochs-sharp", 20, 1, MAX_EPOCHS, options=EPOCHS)
    return name, rate, epochs, ["optimizer-sharp", "lr-sharp", "epochs-sharp"]


def _batches(network: NetworkChoice) -> tuple[int, int | None]:
    """Choose the two batch sizes; the large one is None where it is all examples."""
    most = trained.parts(network.dataset, network.split)[0].num_examples
    first = min(LARGE, most)
    choosing.renew("batches-of-sharp", most, {"small-sharp": float(SMALL), "large-sharp": float(first)})
    words = {float(most): _("all {count}").format(count=most)}
    options = sorted({*(size for size in BATCHES if size < most), most})
    small = controls.count(
        _("Small batch"), "small-sharp", SMALL, 1, most, options=[size for size in options if size <= 64]
    )
    large = controls.count(
        _("Large batch"), "large-sharp", max(first, small), small, most,
        options=[size for size in options if size >= max(small, 32)] or [most], words=words,
    )  # fmt: skip
    return small, None if large == most else large
