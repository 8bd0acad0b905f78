"""Choosing a network, its data, and how it is trained."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from landscape import MODELS, OPTIMIZERS, SCHEDULES
from landscape.models import ACTIVATIONS, INITIALIZATIONS
from landscape.studio import controls, landscapes, trained
from landscape.studio.cached import Numbers
from landscape.studio.choosing.noise import LARGEST_SEED
from landscape.studio.choosing.numbers import limits, number
from landscape.studio.choosing.optimizers import rate_of
from landscape.studio.choosing.places import renew
from landscape.studio.texts import _
from landscape.studio.trained import NetworkChoice, Recipe

FIRST = Recipe()
"""What a newcomer finds."""

FIRST_ORDER = {
    "gd": 0.1,
    "momentum": 0.03,
    "nesterov": 0.03,
    "adagrad": 0.03,
    "rmsprop": 0.003,
    "adadelta": 1.0,
    "adam": 0.01,
    "adamw": 0.01,
    "amsgrad": 0.01,
    "nadam": 0.01,
    "lion": 0.001,
}
"""The rules that train on mini-batches, each with a learning rate to begin with."""

RATES = (1e-5, 10.0)
"""Ends of the slider of the learning rate: from far too small to far too large."""

WIDTHS, DEPTHS = [1, 2, 4, 8, 16, 32, 64, 128], [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40]
EPOCHS = [1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 200]
BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
FIRST_EPOCHS = {"moons": 100, "spirals": 200, "xor": 100, "iris": 50, "diabetes": 50}
"""Where the examples are few, epochs are short, and it takes more of them."""

FEW, SMALL_BATCH = 320, 16
"""Of fewer examples than this a step sees so many at first."""

CHANNELS = 8
"""Of a convolutional network at first: each of its units looks at all places of an image."""


def network(slot: str, *, models: Sequence[str] = trained.NETWORKS) -> tuple[NetworkChoice, list[str]]:
    """Choose a table and a network for it; how it starts is chosen by `start`.

    Args:
        slot: Word behind the keys of the link: `data-net`, `width-net`, …
        models: Names to choose from.
    """
    first = FIRST.network
    dataset = controls.choice(
        _("Data"),
        f"data-{slot}",
        trained.DATA,
        titles={name: _(landscapes.title(name)) for name in trained.DATA},
    )
    offered = [name for name in models if dataset in trained.IMAGES or not MODELS[name].images]
    titles = {name: _(MODELS[name].title) for name in offered}
    model = controls.choice(_("Network"), f"model-{slot}", offered, titles=titles)
    images = MODELS[model].images
    width, most = (CHANNELS, trained.MAX_CHANNELS) if images else (first.width, trained.MAX_WIDTH)
    renew(f"width-of-{slot}", images, {f"width-{slot}": float(width)})
    depth = controls.count(
        _("Hidden layers"), f"depth-{slot}", first.depth, 1, trained.MAX_DEPTH, options=DEPTHS
    )
    width = controls.count(
        _("Channels") if images else _("Units in a layer"),
        f"width-{slot}",
        width,
        1,
        most,
        options=[each for each in WIDTHS if each <= most],
    )
    activation = controls.choice(
        _("Activation"), f"activation-{slot}", list(ACTIVATIONS), titles={"identity": _("none: linear")}
    )
    keys = [f"{name}-{slot}" for name in ("data", "model", "depth", "width", "activation")]
    return replace(first, dataset=dataset, model=model, width=width, depth=depth, activation=activation), keys


def start(chosen: NetworkChoice, slot: str) -> tuple[NetworkChoice, list[str]]:
    """Choose how the first weights are drawn, and which examples are held out."""
    titles = {name: _(each.title) for name, each in INITIALIZATIONS.items()}
    initialization = controls.choice(_("First weights"), f"init-{slot}", list(INITIALIZATIONS), titles=titles)
    scale = controls.log_number(
        _("Times"),
        f"scale-{slot}",
        1.0,
        (0.01, 10.0),
        (0.0, 100.0),
        help=_("What multiplies the first weights."),
    )
    seed = controls.whole(
        _("Seed"),
        f"seed-{slot}",
        0,
        0,
        LARGEST_SEED,
        help=_("Of the first weights and of the order of the examples."),
    )
    split = controls.whole(
        _("Seed of the split"), f"split-{slot}", 0, 0, LARGEST_SEED, help=_("Which examples are held out.")
    )
    keys = [f"{name}-{slot}" for name in ("init", "scale", "seed", "split")]
    return replace(chosen, initialization=initialization, scale=scale, seed=seed, split=split), keys


def recipe(slot: str = "net", *, models: Sequence[str] = trained.NETWORKS) -> tuple[Recipe, list[str]]:
    """Choose a network and how it is trained; the rest of the numbers lie behind More settings."""
    chosen, keys = network(slot, models=models)
    name = controls.choice(
        _("Optimizer"),
        f"optimizer-{slot}",
        list(FIRST_ORDER),
        FIRST.optimizer,
        titles={name: _(OPTIMIZERS[name].title) for name in FIRST_ORDER},
    )
    first, rate = FIRST_ORDER[name], rate_of(name)
    assert rate is not None
    renew(f"rate-of-{slot}", name, {f"lr-{slot}": first})
    numbers = {rate.name: controls.log_number(_("Learning rate η"), f"lr-{slot}", first, RATES, limits(rate))}
    usual = FIRST_EPOCHS.get(chosen.dataset, FIRST.epochs)
    renew(f"epochs-of-{slot}", usual, {f"epochs-{slot}": float(usual)})
    epochs = controls.count(_("Epochs"), f"epochs-{slot}", usual, 1, trained.MAX_EPOCHS, options=EPOCHS)
    keys += [f"{each}-{slot}" for each in ("optimizer", "lr", "epochs")]
    with st.expander(_("More settings")):
        batch, more = _batch(chosen, slot)
        keys += more
        chosen, more = start(chosen, slot)
        keys += more
        penalty = controls.log_number(
            _("L2 penalty λ"), f"penalty-{slot}", 0.0, (1e-6, 1.0), (0.0, 1e3), zero=True,
            help=_("λ‖w‖² on the weights, in the loss: weight decay of plain gradient descent."),
        )  # fmt: skip
        schedule = controls.choice(
            _("Schedule"),
            f"schedule-{slot}",
            list(SCHEDULES),
            titles={each: _(spec.title) for each, spec in SCHEDULES.items()},
        )
        named: Numbers = ()
        for spec in SCHEDULES[schedule].hyperparameters:
            key = f"{spec.name}-{schedule}-{slot}"
            named += ((spec.name, number(SCHEDULES[schedule].title, key, spec, drawn=True)),)
            keys.append(key)
        for each in OPTIMIZERS[name].hyperparameters:
            if each.name != rate.name:
                key = f"{each.name}-{name}-{slot}"
                numbers[each.name] = number(OPTIMIZERS[name].title, key, each, drawn=True)
                keys.append(key)
    keys += [f"{each}-{slot}" for each in ("penalty", "schedule")]
    return Recipe(chosen, name, tuple(numbers.items()), epochs, batch, penalty, schedule, named), keys


def _batch(chosen: NetworkChoice, slot: str) -> tuple[int | None, list[str]]:
    """Choose how many examples a step sees; None for all of them."""
    most = trained.parts(chosen.dataset, 0)[0].num_examples
    assert FIRST.batch is not None
    key, default = f"batch-{slot}", FIRST.batch if most >= FEW else SMALL_BATCH
    renew(f"batch-of-{slot}", default, {key: float(default)})
    # What is larger than the table of this moment is all of it.
    if st.session_state.get(key, 0) > most:
        st.session_state[key] = float(most)
    size = controls.count(
        _("Batch size"),
        key,
        default,
        1,
        most,
        options=sorted({*(size for size in BATCHES if size < most), most}),
        words={most: _("all {count}").format(count=most)},
    )
    return None if size == most else size, [key]
