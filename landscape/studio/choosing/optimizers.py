"""Choosing optimizers, each with its numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from landscape import OPTIMIZERS
from landscape.optimizers import Hyperparameter
from landscape.studio import cached, controls, landscapes, suggestions
from landscape.studio.cached import Numbers
from landscape.studio.choosing.noise import num_examples
from landscape.studio.choosing.numbers import key_of, limits, number
from landscape.studio.choosing.places import renew
from landscape.studio.landscapes import Choice
from landscape.studio.texts import _


@dataclass(frozen=True)
class Racer:
    """An optimizer with its numbers chosen."""

    optimizer: str
    numbers: Numbers


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
        each.name: number(OPTIMIZERS[name].title, key_of(owner, each), each, drawn=drawn)
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
