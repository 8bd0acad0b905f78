"""The controls that several pages share: which landscape, from where, which optimizers with which numbers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from landscape import DATASETS, LOSSES, MODELS, OPTIMIZERS, SCHEDULES, Objective
from landscape.figures import Scale
from landscape.objectives import Domain
from landscape.optimizers import Hyperparameter
from landscape.studio import cached, controls, landscapes, links, pictures, suggestions
from landscape.studio.cached import Numbers, Point
from landscape.studio.landscapes import Choice, DataChoice, FunctionChoice
from landscape.studio.plot import Click
from landscape.studio.texts import _

LARGEST_NUMBER = 1e6
"""What may be typed where a hyper-parameter has no largest value."""

LARGEST_SEED = 9999
"""What may be typed as a seed."""

SHORT = {"learning_rate": "lr"}
"""Names in the link where the full name is long: `lr-adam=0.05`."""


DATA_KEYS = ("landscape", "model", "loss", "features", "axis-x", "axis-y", "raw")
"""The controls of a landscape on data."""


@dataclass(frozen=True)
class Racer:
    """An optimizer with its numbers chosen."""

    optimizer: str
    numbers: Numbers


def landscape(default: str) -> tuple[Choice, list[str]]:
    """Choose a landscape; the choice, and the keys of the controls."""
    name = _landscape_name(landscapes.names(), default)
    if name not in DATASETS:
        return FunctionChoice(name), ["landscape"]
    return _data(name), [*DATA_KEYS]


def data_landscape(default: str) -> tuple[DataChoice, list[str]]:
    """Choose the loss of a model on data; the choice, and the keys of the controls."""
    return _data(_landscape_name(list(DATASETS), default)), [*DATA_KEYS]


def _landscape_name(names: list[str], default: str) -> str:
    titles = {
        name: ("" if name not in DATASETS else _("Data") + " · ") + _(landscapes.title(name))
        for name in names
    }
    return controls.choice(_("Landscape"), "landscape", names, default, titles=titles)


def _data(dataset: str) -> DataChoice:
    models = landscapes.models_for(dataset)
    model = controls.choice(
        _("Model"), "model", models, titles={name: _(MODELS[name].title) for name in models}
    )
    losses = landscapes.losses_for(model)
    loss = controls.choice(_("Loss"), "loss", losses, titles={name: _(LOSSES[name].title) for name in losses})
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
    return DataChoice(dataset, chosen, model, loss, (first, second), raw)


def start(choice: Choice) -> tuple[Point, list[str]]:
    """Choose where to start; another landscape begins at its own start."""
    return point(choice, _("Start {axis}"))


def point(choice: Choice, label: str = "{axis}") -> tuple[Point, list[str]]:
    """Choose a point of a landscape; its start, until the reader says another."""
    return point_in(landscapes.objective(choice), choice, landscapes.axis_titles(choice), label)


def point_in(
    objective: Objective, choice: Any, titles: tuple[str, str], label: str = "{axis}"
) -> tuple[Point, list[str]]:
    """Choose a point of an objective's window; another choice begins at its own start."""
    x0, y0 = (float(f"{value:.4g}") for value in objective.start)
    renew("point-of", choice, {"x": x0, "y": y0})
    found = []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for key, default, (low, high), title in zip(
            ("x", "y"), (x0, y0), window(objective), titles, strict=True
        ):
            margin = 10 * (high - low)
            step = float(f"{(high - low) / 100:.1g}")
            found.append(
                controls.number(
                    label.format(axis=title),
                    key,
                    default,
                    low - margin,
                    high + margin,
                    step=step,
                    width=controls.HALF,
                )
            )
    return (found[0], found[1]), ["x", "y"]


def place(click: Click, objective: Objective) -> None:
    """Put the point of a page where the reader has clicked."""
    for key, value, (low, high) in zip("xy", (click.x, click.y), window(objective), strict=True):
        st.session_state[key] = readable(value, low, high)


def window(objective: Objective) -> Domain:
    """The window of a landscape's picture."""
    return objective.domain or ((-10.0, 10.0), (-10.0, 10.0))


def readable(value: float, low: float, high: float) -> float:
    """A clicked coordinate with no more digits than a screen can show.

    Example:
        >>> readable(-1.2345678, -2.0, 2.0)
        -1.235
    """
    places = 3 - math.floor(math.log10(high - low))
    return round(float(value), max(places, 0)) if places < 300 else float(value)


def height(choice: Choice, first: Scale) -> Scale:
    """Choose how heights are drawn; another landscape begins with what suits it."""
    renew("height-of", choice, {"height": first})
    return controls.segments(_("Height"), "height", pictures.scales(), first)


def renew(name: str, choice: Any, values: dict[str, Any]) -> None:
    """Give controls the values of a landscape when another is chosen, unless a link has brought it."""
    if st.session_state.setdefault(name, choice) != choice:
        for key, value in values.items():
            links.renew(key, value)
    st.session_state[name] = choice


def optimizers(
    choice: Choice,
    default: tuple[str, ...],
    *,
    batch: int | None = None,
    further: Callable[[bool], None] | None = None,
) -> tuple[list[Racer], list[str]]:
    """Choose optimizers, each with its learning rate; a rule that cannot run here is not offered.

    Args:
        choice: The landscape.
        default: Names of `OPTIMIZERS`.
        batch: Examples that a step sees, from `batch`; None for all.
        further: Draws what else belongs to More settings, and is told whether they are on the screen.
    """
    residuals = landscapes.objective(choice).residuals is not None
    reason = _("Gauss–Newton and Levenberg–Marquardt need a loss that is a sum of squares.")
    if residuals and batch is not None and batch < num_examples(choice):
        residuals, reason = False, _("Gauss–Newton and Levenberg–Marquardt need all examples at every step.")
    offered = [name for name, spec in OPTIMIZERS.items() if residuals or not spec.needs_residuals]
    titles = {name: _(spec.title) for name, spec in OPTIMIZERS.items()}
    if "optimizers" in st.session_state:
        still = [name for name in st.session_state["optimizers"] if name in offered]
        st.session_state["optimizers"] = still or list(default)
    names = controls.choices(
        _("Optimizers"),
        "optimizers",
        offered,
        default,
        limit=cached.MAX_OPTIMIZERS,
        titles=titles,
        help=None if residuals else reason,
        refused={name: reason.rstrip(".") for name in OPTIMIZERS if name not in offered},
    )
    rates = {name: rate for name in names if (rate := rate_of(name)) is not None}
    firsts = {key_of(name, rate): suggestions.learning_rate(name, choice) for name, rate in rates.items()}
    for key, first in firsts.items():
        renew(f"rate-of-{key}", choice, {key: first})
    numbers: dict[str, dict[str, float]] = {name: {} for name in names}
    for name in names:
        if (rate := rates.get(name)) is not None:
            key = key_of(name, rate)
            # Far enough to see it diverge, however flat the landscape is.
            ends = (rate.low, max(rate.high, controls.rounded(10 * firsts[key])))
            numbers[name][rate.name] = _learning_rate(name, key, rate, firsts[key], ends)
    _stability(choice)
    # Closed, it sends nothing to the browser: that is half of what a page would send.
    more = st.expander(_("More settings"), key="more-settings", on_change="rerun")
    with more:
        for name in names:
            numbers[name] |= _others(name, name, drawn=bool(more.open))
        if further is not None:
            further(bool(more.open))
    keys = [key_of(name, each) for name in names for each in OPTIMIZERS[name].hyperparameters]
    return [Racer(name, tuple(numbers[name].items())) for name in names], ["optimizers", *keys]


def optimizer(
    choice: Choice,
    default: str,
    label: str,
    *,
    slot: str = "",
    offered: Sequence[str] = (),
    rated: bool = True,
) -> tuple[Racer, list[str]]:
    """Choose one optimizer, with a learning rate from far too small to far too large.

    Args:
        choice: The landscape.
        default: A name of `OPTIMIZERS`.
        label: Translated label of the list.
        slot: Word for a second optimizer beside the first, in links and keys: it has numbers of its own,
            even if it is the same rule.
        offered: Names to choose from; empty for all that can run here.
        rated: Whether the control of the learning rate is on the screen.
    """
    residuals = landscapes.objective(choice).residuals is not None
    names = [
        name
        for name, spec in OPTIMIZERS.items()
        if (residuals or not spec.needs_residuals) and (not offered or name in offered)
    ]
    name = controls.choice(
        label, slot or "optimizer", names, default, titles={each: _(OPTIMIZERS[each].title) for each in names}
    )
    owner, rate = slot or name, rate_of(name)
    numbers: dict[str, float] = {}
    if rate is not None:
        key, first = key_of(owner, rate), suggestions.learning_rate(name, choice)
        renew(f"rate-of-{key}", (choice, name) if slot else choice, {key: first})
        ends = suggestions.span(name, choice)
        numbers[rate.name] = _learning_rate(name, key, rate, first, ends, beside=bool(slot), drawn=rated)
    more = st.expander(_("More settings"), key=f"more-settings{slot}", on_change="rerun")
    with more:
        numbers |= _others(name, owner, drawn=bool(more.open))
    keys = [key_of(owner, each) for each in OPTIMIZERS[name].hyperparameters]
    return Racer(name, tuple(numbers.items())), [slot or "optimizer", *keys]


def num_examples(choice: Choice) -> int:
    """How many examples a landscape's loss is made of; none where it is a function."""
    return landscapes.objective(choice).num_examples or 0


def batch(choice: DataChoice, default: int) -> tuple[int, list[str]]:
    """Choose how many examples a step sees, from one to all of them."""
    most = num_examples(choice)
    sizes = [1, *(size for size in map(round, controls.series(2, most)) if size < most), most]
    size = controls.count(
        _("Batch size"),
        "batch",
        min(default, most),
        1,
        most,
        options=sorted(set(sizes)),
        words={most: _("all {count}").format(count=most)},
    )
    return size, ["batch"]


def seed() -> tuple[int, list[str]]:
    """Choose which random numbers decide."""
    return controls.whole(_("Seed"), "seed", 0, 0, LARGEST_SEED), ["seed"]


def schedule() -> tuple[str, list[str]]:
    """Choose how the learning rate changes over a run."""
    titles = {name: _(spec.title) for name, spec in SCHEDULES.items()}
    return controls.choice(_("Schedule"), "schedule", list(SCHEDULES), titles=titles), ["schedule"]


def schedule_numbers(name: str, *, drawn: bool) -> tuple[Numbers, list[str]]:
    """The numbers of a schedule; the keys are those of its controls."""
    spec = SCHEDULES[name]
    found = tuple(
        (each.name, _number(spec.title, key_of(name, each), each, drawn=drawn))
        for each in spec.hyperparameters
    )
    return found, [key_of(name, each) for each in spec.hyperparameters]


def key_of(owner: str, number: Hyperparameter) -> str:
    """The parameter of the link for the number of an optimizer, or of a second one's slot."""
    return f"{SHORT.get(number.name, number.name)}-{owner}"


def rate_of(optimizer: str) -> Hyperparameter | None:
    """The learning rate among an optimizer's numbers, if it has one."""
    return next(
        (each for each in OPTIMIZERS[optimizer].hyperparameters if each.name == "learning_rate"), None
    )


def learning_rate(name: str, choice: Choice) -> tuple[float, str]:
    """Choose the learning rate of a rule that stands fast, and the key of its control."""
    rate = rate_of(name)
    assert rate is not None
    key, first = key_of(name, rate), suggestions.learning_rate(name, choice)
    renew(f"rate-of-{key}", choice, {key: first})
    return _learning_rate(name, key, rate, first, suggestions.span(name, choice)), key


def _learning_rate(
    name: str,
    key: str,
    rate: Hyperparameter,
    first: float,
    ends: tuple[float, float],
    *,
    beside: bool = False,
    drawn: bool = True,
) -> float:
    label = f"{_(OPTIMIZERS[name].title)} · η"
    row = f"numbers-{name}{'-beside' if beside else ''}"
    return controls.log_number(label, key, first, ends, limits(rate), drawn=drawn, row=row)


def _others(name: str, owner: str, *, drawn: bool) -> dict[str, float]:
    """The numbers of an optimizer besides its learning rate."""
    return {
        each.name: _number(OPTIMIZERS[name].title, key_of(owner, each), each, drawn=drawn)
        for each in OPTIMIZERS[name].hyperparameters
        if each.name != "learning_rate"
    }


def _stability(choice: Choice) -> None:
    """Say how large a learning rate gradient descent can stand, where that is known."""
    if curvature := cached.sharpness(choice):
        st.caption(
            _("At the minimum: 2/λₘₐₓ = {limit}").format(limit=f"{2 / curvature:.4g}"),
            help=_(
                "λₘₐₓ is the largest curvature at the minimum. Gradient descent settles there only with η "
                "below 2/λₘₐₓ, momentum with η below 2(1 + β)/λₘₐₓ."
            ),
        )


def _number(title: str, key: str, each: Hyperparameter, *, drawn: bool) -> float:
    """A number of what has an English title."""
    label = f"{_(title)} · {_(each.title)}"
    ends = (each.low, each.high)
    if each.whole:
        low, high = (round(end) for end in ends)
        return controls.count(
            label, key, round(each.default), low, high, options=range(low, high + 1), drawn=drawn
        )
    if each.scale == "log":
        return controls.log_number(label, key, each.default, ends, limits(each), drawn=drawn)
    return controls.linear_number(label, key, each.default, ends, limits(each), drawn=drawn)


def limits(each: Hyperparameter) -> tuple[float, float]:
    """What may be typed for a hyper-parameter."""
    high = min(each.maximum, LARGEST_NUMBER)
    return each.minimum, math.nextafter(high, 0) if each.open else high
