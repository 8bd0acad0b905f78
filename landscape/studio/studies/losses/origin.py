"""Where it comes from: data, the density of a model, the likelihood, and its logarithm, which is a loss."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from landscape import LOSSES, figures
from landscape.figures import Figure
from landscape.figures.heights import number
from landscape.likelihoods import LIKELIHOODS, Likelihood
from landscape.studio import choosing, controls, exports, likely, links, scripts, sharing
from landscape.studio.likely import CURVE, Parameter, Seen, place_of
from landscape.studio.panels import Mark, Panel, Role
from landscape.studio.plot import Click, plot
from landscape.studio.shared import shared
from landscape.studio.texts import _, language

COUNTS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000, 2000]
LARGEST_SEED = 9999
LIMITS = {"numbers": (-100.0, 100.0), "counts": (0.0, 200.0)}
"""What may be typed as the parameter; probabilities and logits have their own."""

FARTHEST = 30.0
"""The largest logit that may be typed."""

STEEP = 1e-9
"""A slope beyond this is no rounding."""

CLASSES = ("1", "2", "3")


def show() -> list[str]:
    """Draw the study; the keys of its controls."""

    def clicked(click: Click) -> None:
        moved = [click.x, click.y][: len(keys)] if click.panel != "data" else _placed(seen, parameter, click)
        _move(seen.likelihood, keys, moved)

    with st.sidebar:
        titles = {name: _title(name) for name in LIKELIHOODS}
        name = controls.choice(_("Distribution"), "distribution-origin", list(LIKELIHOODS), titles=titles)
        parameter, keys = _parameter(LIKELIHOODS[name])
        count = controls.count(_("Number of data"), "count-origin", 10, 1, COUNTS[-1], options=COUNTS)
        seed = controls.whole(_("Seed"), "seed-origin", 0, 0, LARGEST_SEED)
        seen = Seen(name, count, seed)
        estimate = likely.estimate(seen)
        st.button(
            _("Go to the estimate"),
            key="go-origin",
            disabled=not np.isfinite(estimate).all(),
            on_click=lambda: _move(seen.likelihood, keys, estimate, exact=True),
            width="stretch",
        )
    links.show_notes(st)

    panels = _panels(seen, parameter, estimate)
    plot("origin", panels, on_click=clicked, columns=(1.05, 1), lead=True, height=440)
    st.markdown(_table(seen, parameter, estimate))
    st.markdown(_remarks(seen, parameter, estimate))
    sharing.bar("losses", **_offers(seen, parameter, estimate, panels))
    return ["distribution-origin", *keys, "count-origin", "seed-origin"]


def _title(name: str) -> str:
    """A distribution and the loss that it makes."""
    likelihood = LIKELIHOODS[name]
    return f"{_(likelihood.title)} → {_(LOSSES[likelihood.loss].title)}"


def _parameter(likelihood: Likelihood) -> tuple[Parameter, list[str]]:
    """Choose the parameter: one number, or two logits."""
    ends = likelihood.low, likelihood.high
    if len(likelihood.symbols) == 2:
        keys = ["z1-origin", "z2-origin"]
        labels = [_("z₁, logit of class 1 (z₃ = 0)"), _("z₂, logit of class 2")]
    else:
        keys, labels = ["theta-origin"], [f"{likelihood.symbols[0]}, {_(likelihood.meaning)}"]
        # A mean is no probability; but between two distributions of numbers it stays.
        choosing.renew("theta-of", likelihood.start, {"theta-origin": likelihood.start[0]})
    chosen = [
        controls.linear_number(label, key, start, ends, _limits(likelihood))
        for label, key, start in zip(labels, keys, likelihood.start, strict=True)
    ]
    return tuple(chosen), keys


def _limits(likelihood: Likelihood) -> tuple[float, float]:
    """What may be typed as a parameter."""
    if len(likelihood.symbols) == 2:
        return -FARTHEST, FARTHEST
    return LIMITS.get(likelihood.support, (likelihood.low, likelihood.high))


def _move(likelihood: Likelihood, keys: list[str], values: Any, *, exact: bool = False) -> None:
    """Set the parameter, to numbers that can be said aloud unless they are exact."""
    low, high = _limits(likelihood)
    for key, value in zip(keys, values, strict=True):
        place = float(value) if exact else float(f"{value:.3g}")
        st.session_state[key] = min(max(place, low), high)


def _placed(seen: Seen, parameter: Parameter, click: Click) -> list[float]:
    """The parameter for which the density is where the reader clicked: its middle, or a class's height."""
    if seen.likelihood.support != "classes":
        return [click.x]
    place, height = round(click.x), min(max(click.y, 0.001), 0.999)
    if len(parameter) == 1:
        return [height if place >= 1 else 1.0 - height]
    chances = seen.likelihood.density(np.arange(3), parameter)
    index = min(max(place, 0), 2)
    raised = np.append(parameter, 0.0)
    # One class's probability alone, the others in proportion: its logit alone.
    raised[index] += np.log(height / (1.0 - height)) - np.log(chances[index] / (1.0 - chances[index]))
    return [float(logit) for logit in raised[:2] - raised[2]]


def _window(seen: Seen, parameter: Parameter, estimate: Parameter) -> tuple[float, float]:
    """The range of parameters that is looked at: the usual one, and further where the present one is."""
    usual = seen.likelihood.low, seen.likelihood.high
    places = [*usual, *parameter, *(place for place in estimate if np.isfinite(place))]
    return min(places), max(places)


def _panels(seen: Seen, parameter: Parameter, estimate: Parameter) -> list[Panel]:
    window = _window(seen, parameter, estimate)
    likelihood, surprise = _curves(seen, *window, language())
    role: Role = "chart" if len(parameter) == 1 else "plane"
    titles = _("Likelihood: the product of the densities"), _("Mean negative log-likelihood: the loss")
    marks = [_marks(seen, parameter, estimate, likelihood, of) for of in (0, 1)]
    return [
        Panel(
            "data",
            _data_picture(seen, parameter, language()),
            "chart",
            _("The data, and the model’s density for the present parameter. Click to move it."),
            True,
            title=_("Data and model"),
        ),
        Panel(
            "likelihood",
            likelihood,
            role,
            _("The likelihood against the parameter. Click to move the parameter."),
            True,
            marks[0],
            titles[0],
        ),
        Panel(
            "surprise",
            surprise,
            role,
            _("The mean negative log-likelihood and the loss against the parameter. Click to move it."),
            True,
            marks[1],
            titles[1],
        ),
    ]


def _marks(seen: Seen, parameter: Parameter, estimate: Parameter, figure: Figure, of: int) -> list[Mark]:
    """The present parameter and the estimate, in the picture of the likelihood (0) or its logarithm (1)."""
    known = np.isfinite(estimate).all()
    if len(parameter) == 2:
        star = [Mark("point", estimate[0], estimate[1], symbol="star", label="ẑ")] if known else []
        return [*star, Mark("point", parameter[0], parameter[1], symbol="ring", label="z")]
    symbol = seen.likelihood.symbols[0]
    unit = figure["layout"]["meta"]["unit"] if of == 0 else 1.0
    # Below, the words of the curves stand there.
    marks = [Mark("vline", parameter[0], label="" if of else f"{symbol} = {number(parameter[0])}")]
    now, best = likely.at(seen, parameter), likely.at(seen, estimate)
    height = (now.surprise if of else now.likelihood) / unit
    if np.isfinite(height):
        marks.append(Mark("point", parameter[0], height))
    if known:
        height = (best.surprise if of else best.likelihood) / unit
        said = f"{symbol}\u0302 = {number(estimate[0])}"
        marks.append(Mark("point", estimate[0], height, symbol="star", label=said))
    return marks


@shared(maxsize=64)
def _curves(seen: Seen, low: float, high: float, code: str) -> tuple[Figure, Figure]:
    places, found = likely.over(seen, low, high)
    likelihood, nothing = seen.likelihood, _("0 everywhere in double precision")
    symbols, chance = likelihood.symbols, _("likelihood")
    if len(symbols) == 2:
        shape = (places.size, places.size)
        return (
            figures.likelihood_map(
                places,
                places,
                found.likelihoods.reshape(shape),
                titles=(symbols[0], symbols[1], chance),
                nothing=nothing,
            ),
            figures.contour(
                places,
                places,
                found.negative_log_likelihoods.reshape(shape),
                titles=(symbols[0], symbols[1], _("nats")),
            ),
        )
    return (
        figures.likelihood_curve(
            places, found.likelihoods, titles=(symbols[0], f"L({symbols[0]})"), nothing=nothing
        ),
        figures.surprise_curve(
            places,
            found.negative_log_likelihoods,
            found.losses,
            titles=(symbols[0], _("nats")),
            words=("−log L / n", likelihood.identity),
            style=figures.loss_style(likelihood.loss),
        ),
    )


@shared(maxsize=128)
def _data_picture(seen: Seen, parameter: Parameter, code: str) -> Figure:
    likelihood, data, place = seen.likelihood, seen.data(), place_of(parameter)
    words = {"model": _("model"), "data": _("data")}
    if likelihood.support == "numbers":
        low = min(likelihood.low, data.min(), parameter[0]) - 1.0
        high = max(likelihood.high, data.max(), parameter[0]) + 1.0
        grid = np.unique(np.append(np.linspace(low, high, CURVE), parameter[0]))  # the peak may be a corner
        return figures.density_picture(
            grid,
            likelihood.density(grid, place),
            data,
            likelihood.density(data, place),
            titles=("x", f"p(x | {likelihood.symbols[0]})"),
            words=words,
            top=float(likelihood.density([0.0], 0.0)[0]),
        )
    if likelihood.support == "counts":
        most = max(10, int(data.max()), int(parameter[0] + 4 * np.sqrt(parameter[0])))
        outcomes, names = np.arange(most + 1.0), [str(count) for count in range(most + 1)]
        top = 0.3
    else:
        names = list(CLASSES) if len(parameter) == 2 else ["0", "1"]
        outcomes, top = np.arange(len(names)).astype(data.dtype), 1.0
    return figures.mass_picture(
        names,
        likelihood.density(outcomes, place),
        np.bincount(data.astype(int), minlength=len(names)),
        titles=(_("class") if len(parameter) == 2 else "x", f"P(x | {', '.join(likelihood.symbols)})"),
        words=words,
        top=top,
    )


def _table(seen: Seen, parameter: Parameter, estimate: Parameter) -> str:
    """The two numbers side by side, here and at the estimate, as a Markdown table."""
    likelihood = seen.likelihood
    symbols = ", ".join(likelihood.symbols)
    head = [
        "",
        symbols,
        _("Likelihood"),
        _("−log L / n, from the density"),
        _("{identity}, from the loss").format(identity=likelihood.identity),
        _("Difference"),
        _("Gradient"),
    ]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for word, place in ((_("now"), parameter), (_("estimate"), estimate)):
        said = ", ".join("–" if np.isnan(each) else number(each) for each in place)
        if not np.isfinite(place).all():
            lines.append(f"| {word} | {said} |" + " – |" * 5)
            continue
        found = likely.at(seen, place)
        gap = abs(found.surprise - found.loss)
        cells = [
            word,
            said,
            number(found.likelihood),
            exactly(found.surprise),
            exactly(found.loss),
            number(gap) if np.isfinite(gap) else "–",
            ", ".join("–" if np.isnan(slope) else number(slope) for slope in found.slopes),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def exactly(value: float) -> str:
    """A number with 13 digits after the point: more than ten can be compared."""
    return f"{value:.13f}".replace("-", "−") if np.isfinite(value) else number(value)


def _remarks(seen: Seen, parameter: Parameter, estimate: Parameter) -> str:
    """The formulas, and what is not to be seen in the numbers: underflow, and an estimate at infinity."""
    found, likelihood = likely.at(seen, parameter), seen.likelihood
    lines = [rf"${likelihood.formula} \quad\Longrightarrow\quad {likelihood.logarithm}$"]
    if found.likelihood == 0 and np.isfinite(found.surprise):
        truth = f"10^{{{-seen.count * found.surprise / np.log(10):.1f}}}"
        lines.append(
            _(
                "**The product of {count} densities has become 0:** it is ${truth}$, and double precision "
                "ends near $10^{{-308}}$. The sum of their logarithms loses nothing, so one adds logarithms."
            ).format(count=seen.count, truth=truth)
        )
    if found.surprise == np.inf:
        lines.append(_("**∞:** with this parameter something was seen that is impossible."))
    if not np.isfinite(estimate).all():
        lines.append(
            _(
                "**A class was never seen:** the likelihood grows for ever, and the estimate lies at "
                "infinite logits."
            )
        )
    elif max(map(abs, likely.at(seen, estimate).slopes)) > STEEP:
        lines.append(_("The estimate is at the edge of what is possible: there the slope need not be 0."))
    truths = zip(likelihood.symbols, likelihood.truth, strict=True)
    lines.append(
        _("The data were drawn with {truth}; the more there are, the nearer comes the estimate.").format(
            truth=", ".join(f"{symbol} = {number(value)}" for symbol, value in truths)
        )
    )
    return "  \n".join(lines)


def _offers(seen: Seen, parameter: Parameter, estimate: Parameter, panels: list[Panel]) -> exports.Offers:
    """The curves and the numbers at the present parameter, and the program that makes them."""
    window = _window(seen, parameter, estimate)
    symbols = seen.likelihood.symbols

    def columns() -> dict[str, Any]:
        places, found = likely.over(seen, *window)
        if len(symbols) == 1:
            across = {"parameter": places}
        else:
            first, second = np.meshgrid(places, places)
            across = {"z1": first.ravel(), "z2": second.ravel()}
        return across | {
            "likelihood": found.likelihoods,
            "negative_log_likelihood": found.negative_log_likelihoods,
            "loss": found.losses,
        }

    def arrays() -> dict[str, Any]:
        own = {"data": seen.data(), "estimate": estimate, "present": parameter}
        now = likely.at(seen, parameter)
        return columns() | own | {"at_present": [now.likelihood, now.surprise, now.loss, *now.slopes]}

    script: Callable[[], str] = lambda: _program(seen, parameter)  # noqa: E731
    title = f"{_('Where it comes from')} · {_title(seen.name)}"
    return exports.offers(panels, (), title, arrays=arrays, columns=columns, script=script)


def _program(seen: Seen, parameter: Parameter) -> str:
    place = repr(parameter[0]) if len(parameter) == 1 else repr(list(parameter))
    lines = [
        "from landscape.likelihoods import LIKELIHOODS",
        f"likelihood = LIKELIHOODS[{seen.name!r}]",
        f"data = likelihood.sample({seen.count}, seed={seen.seed})",
        f"found = likelihood.measure(data, [{place}])",
        'print("likelihood:", found.likelihoods[0])',
        'print("mean negative log-likelihood:", found.negative_log_likelihoods[0])',
        'print(f"{likelihood.identity}:", found.losses[0])',
        f'print("slope:", likelihood.slope(data, {place}))',
        'print("estimate:", likelihood.estimate(data))',
    ]
    return scripts.script([], lines)
