"""Choosing a landscape: a function, a model on data, a loss on its task, or a formula."""

import math

import streamlit as st

from landscape import DATASETS, FUNCTIONS, LOSSES, MODELS
from landscape.losses import Rule
from landscape.risk import supervised
from landscape.studio import controls, formulated, landscapes
from landscape.studio.choosing.formulas import formula
from landscape.studio.choosing.numbers import LARGEST_NUMBER
from landscape.studio.landscapes import Choice, DataChoice, FunctionChoice, LossChoice, Numbers
from landscape.studio.texts import _

DATA_KEYS = ("landscape", "model", "loss", "features", "axis-x", "axis-y", "raw")
"""The controls of a landscape on data."""


def landscape(default: str, *, losses: bool = True) -> tuple[Choice, list[str]]:
    """Choose a landscape; the choice, and the keys of the controls.

    Args:
        default: A name of `landscapes.names`.
        losses: Whether losses on their tasks are offered.
    """
    names = [name for name in landscapes.names() if losses or name not in LOSSES]
    name = _landscape_name(names, default)
    if name in FUNCTIONS:
        return FunctionChoice(name), ["landscape"]
    if name == formulated.NAME:
        own, keys = formula()
        return own, ["landscape", *keys]
    if name in LOSSES:
        numbers, keys = loss_numbers(name)
        return LossChoice(name, numbers), ["landscape", *keys]
    return _data(name)


def data_landscape(default: str) -> tuple[DataChoice, list[str]]:
    """Choose a loss of a model on data that can be seen in parts; the choice, and the controls' keys."""
    return _data(_landscape_name(list(DATASETS), default), whole=False)


def _landscape_name(names: list[str], default: str) -> str:
    kinds = {name: _("Data") + " · " for name in DATASETS} | {name: _("Loss") + " · " for name in LOSSES}
    titles = {name: kinds.get(name, "") + _(landscapes.title(name)) for name in names}
    return controls.choice(_("Landscape"), "landscape", names, default, titles=titles)


def _data(dataset: str, *, whole: bool = True) -> tuple[DataChoice, list[str]]:
    models = landscapes.models_for(dataset)
    model = controls.choice(
        _("Model"), "model", models, titles={name: _(MODELS[name].title) for name in models}
    )
    fitting = landscapes.losses_for(dataset, model)
    losses = [name for name in fitting if whole or not supervised(LOSSES[name]).whole]
    loss = controls.choice(_("Loss"), "loss", losses, titles={name: _(LOSSES[name].title) for name in losses})
    numbers, keys = loss_numbers(loss)
    features = DATASETS[dataset].feature_names
    chosen = landscapes.first_features(dataset, model)
    raw = False
    with st.expander(_("Features and axes")):
        takes_any = MODELS[model].num_features is None
        if len(features) > len(chosen) or (takes_any and len(features) > 1):
            picked = controls.choices(
                _("Features"),
                "features",
                features,
                chosen,
                limit=MODELS[model].num_features or landscapes.MAX_FEATURES,
            )
            chosen = tuple(name for name in features if name in picked)
        coordinates = list(landscapes.coordinates(dataset, chosen, model))
        draft = DataChoice(dataset, chosen, model, loss, (coordinates[0], coordinates[1]))
        titles = {name: landscapes.axis_title(name, draft) for name in coordinates}
        first = controls.choice(_("Across"), "axis-x", coordinates, titles=titles)
        others = [name for name in coordinates if name != first]
        second = controls.choice(_("Up"), "axis-y", others, titles=titles)
        if dataset in landscapes.MEASURED:
            raw = controls.switch(
                _("Measured units"), "raw", help=_("Off: every feature has mean 0 and variance 1.")
            )
    choice = DataChoice(dataset, chosen, model, loss, (first, second), raw, numbers=numbers)
    return choice, [*DATA_KEYS, *keys]


def loss_numbers(loss: str) -> tuple[Numbers, list[str]]:
    """Choose the numbers inside a loss, if it has any; and the keys of their controls."""
    found, keys = [], []
    for each in LOSSES[loss].inner:
        keys.append(f"{each.name}-{loss}")
        control = controls.log_number if each.scale == "log" else controls.linear_number
        value = control(_(each.title), keys[-1], each.default, (each.low, each.high), _valid(each.rule))
        found.append((each.name, value))
    return tuple(found), keys


def _valid(rule: Rule) -> tuple[float, float]:
    """What may be typed for a number inside a loss."""
    low, high = rule.low, min(rule.high, LARGEST_NUMBER)
    return (math.nextafter(low, high), math.nextafter(high, low)) if rule.open else (low, high)
