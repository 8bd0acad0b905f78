"""The controls of a model on a table: its columns, the model, its loss, the fit, and what is looked at."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from landscape import LOSSES, MODELS, OPTIMIZERS, Dataset, Objective
from landscape.datasets import MissingRule, Table, Task
from landscape.figures import Scale
from landscape.formulas import FormulaError
from landscape.risk import fitting_losses
from landscape.studio import choosing, controls, fields, fitted, formula_words, links, programs, tabled
from landscape.studio.choosing.numbers import LARGEST_NUMBER, key_of, limits, number
from landscape.studio.fitted import Walk
from landscape.studio.studies.own import table_source, table_words
from landscape.studio.tabled import EXAMPLES, TYPED, Columns, Formula, Held, Reading, Setup
from landscape.studio.texts import _

STEPS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 150, 200, 300, 500, 700, 1000, 1500, fitted.MAX_STEPS]
FIRST_STEPS = 100
STRENGTHS, STRENGTH_LIMITS = (1e-6, 100.0), (0.0, LARGEST_NUMBER)
MOST_FIELDS = 8
"""Parameters whose start is typed: of more, it is 0, or drawn."""

FARTHEST = 1e12
"""How large a parameter may be typed."""

FIRST_FEATURES = 2
"""Columns that are features at first, of a file of the reader's."""

FORMULAS = {1: "b1 + b2*x", 2: "b1 + b2*x1 + b3*x2"}
"""Models to begin with, by the number of features."""

OTHERS = ("best", "end", "start")
"""Where the parameters are held that no axis shows."""

NETWORK_RATE = 0.01
"""A learning rate to begin with where nothing is known."""


@dataclass(frozen=True)
class View:
    """What of the loss is looked at.

    Args:
        axes: Two names out of `tabled.coordinates`.
        others: One of `OTHERS`, or "own": where the other parameters are held.
        values: Their values where it is "own": as many as there are parameters.
        near: Whether the window is close around the best fit.
        scale: How heights are drawn.
    """

    axes: tuple[str, str]
    others: str = "best"
    values: tuple[float, ...] = ()
    near: bool = False
    scale: Scale = "log"


def columns(held: Held, found: Table) -> tuple[Columns | None, list[str]]:
    """Choose what is predicted of what; None where there is no column of numbers to predict from."""
    known = EXAMPLES.get(held.example)
    names = _written(found.names)
    by_word = {word: name for name, word in names.items()}
    first = known.target if known else found.names[-1]
    # Another file begins with its own columns.
    choosing.renew("own-table-of", held.digest, {"target-table": names[first]})
    target = by_word[
        controls.choice(_("Target"), "target-table", list(by_word), names[first], titles=by_word)
    ]
    offered = [each.name for each in found.columns if each.name != target and each.kind == "number"]
    if not offered:
        return None, ["target-table"]
    default = [names[name] for name in (known.features if known else offered[:FIRST_FEATURES])]
    default = [word for word in default if by_word[word] in offered] or [names[offered[0]]]
    choosing.renew("own-features-of", (held.digest, target), {"features-table": default})
    picked = controls.choices(
        _("Features"),
        "features-table",
        [names[name] for name in offered],
        default,
        limit=tabled.MAX_FEATURES,
        titles=by_word,
    )
    chosen = tuple(by_word[word] for word in picked)
    if not held.example:  # whoever has the link must know which columns the file needs
        links.show("target-table", names[target], "")
        links.show("features-table", picked, [])
    keys = ["target-table", "features-table"]
    task: Task | None = None
    missing: MissingRule = "refuse"
    if _can_be_classes(found, target):
        tasks: dict[Task, str] = {"regression": _("Numbers"), "classification": _("Names of classes")}
        task = controls.segments(_("The target holds"), "task-table", tasks, "regression")
        keys.append("task-table")
    if any(found.column(name).num_missing for name in (target, *chosen)):
        rules: dict[MissingRule, str] = {"refuse": _("Ask me"), "drop": _("Drop rows"), "mean": _("Mean")}
        missing = controls.segments(_("Missing values"), "missing-table", rules, "refuse")
        keys.append("missing-table")
    return Columns(target, chosen, missing, task=task), keys


def _written(names: tuple[str, ...]) -> dict[str, str]:
    """Each name as a link writes it: without commas, which part names there."""
    found: dict[str, str] = {}
    for place, name in enumerate(names):
        word = name.replace(",", ";")
        found[name] = word if word not in found.values() else f"{word} ({place + 1})"
    return found


def _can_be_classes(found: Table, target: str) -> bool:
    numbers = found.column(target).numbers
    if numbers is None or found.column(target).kind != "number":
        return False
    return len(np.unique(numbers[np.isfinite(numbers)][:1000])) <= tabled.MANY_CLASSES


def setup(held: Held, reading: Reading, chosen: Columns, data: Dataset) -> tuple[Setup | None, list[str]]:
    """Choose the model and its loss; None where what is typed is no model."""
    offered = tabled.models_for(data)
    titles = {name: _(MODELS[name].title) for name in offered if name != TYPED} | {TYPED: _("A formula")}
    wanted = ["linear", "logistic", "softmax"]
    if held.example or data.num_features == 1:
        wanted.insert(0, TYPED)
    first = next((each for each in wanted if each in offered), offered[0])
    choosing.renew("own-model-of", (held.digest, data.task), {"model-table": first})
    name = controls.choice(_("Model"), "model-table", offered, first, titles=titles)
    made, keys = Setup(held.digest, reading, chosen, name), ["model-table"]
    if name == TYPED:
        formula = _typed(held, data)
        keys.append("text-table")
        if formula is None:
            return None, keys
        made = replace(made, formula=formula)
    if name == "mlp":
        width = controls.whole(_("Width"), "width-table", 4, 1, tabled.MAX_WIDTH)
        depth = controls.whole(_("Depth"), "depth-table", 1, 1, tabled.MAX_DEPTH)
        made, keys = replace(made, width=width, depth=depth), [*keys, "width-table", "depth-table"]
    losses = [loss.name for loss in fitting_losses(tabled.model(made, data), data)]
    choosing.renew("own-loss-of", (held.digest, data.task, name), {"loss-table": losses[0]})
    loss = controls.choice(
        _("Loss"), "loss-table", losses, titles={each: _(LOSSES[each].title) for each in losses}
    )
    numbers, more = choosing.loss_numbers(loss)
    with st.expander(_("Penalty and units")):
        kinds = {"none": _("None"), "l2": "L2", "l1": "L1"}
        penalty = controls.segments(_("Penalty"), "penalty-table", kinds, "none")
        strength = 0.0
        if penalty != "none":
            strength = controls.log_number("λ", "strength-table", 0.01, STRENGTHS, STRENGTH_LIMITS, zero=True)
        if name != TYPED:
            units = {"raw": _("As measured"), "standard": _("Mean 0, variance 1")}
            first_units = "standard" if name == "mlp" else "raw"
            choosing.renew("own-units-of", (held.digest, name), {"units-table": first_units})
            standard = controls.segments(_("Features"), "units-table", units, first_units) == "standard"
            made = replace(made, columns=replace(chosen, standard=standard))
    keys += ["loss-table", *more, "penalty-table", "strength-table", "units-table"]
    return replace(made, loss=loss, numbers=numbers, penalty=penalty, strength=strength), keys


def _typed(held: Held, data: Dataset) -> Formula | None:
    """Choose a model by typing it; what it is read as is set below the field."""
    known = EXAMPLES.get(held.example)
    first = known.text if known else FORMULAS.get(data.num_features, "b1 + b2*x1")
    choosing.renew("own-text-of", (held.digest, data.num_features), {"text-table": first})
    text, _came = fields.text(
        _("Model: features and parameters"),
        "text-table",
        first,
        help=_(
            "One feature is x, several are x1, x2, …, or what they are called in the table. All other names "
            "are parameters, whatever you call them."
        ),
    )
    links.show("text-table", text, first)
    try:
        formula = tabled.parse(text, data.feature_names)
    except FormulaError as error:
        formula_words.tell(error)
        return None
    st.markdown(f"${tabled.typed(formula).formula}$")
    st.caption(table_words.naming(formula, data))
    if len(formula.parameters) < 2:
        st.error(
            _("The picture needs two parameters, and this model has one: `{name}`.").format(
                name=formula.parameters[0]
            )
        )
        return None
    programs.use(("table", formula, data.inputs.shape))
    return formula


def walk(setup: Setup, held: Held, data: Dataset, risk: Objective) -> tuple[Walk, list[str]]:
    """Choose an optimizer with its numbers, the steps, and the start."""
    refused = {name: why for name in OPTIMIZERS if (why := fitted.refusal(name, risk))}
    offered = [name for name in OPTIMIZERS if name not in refused]
    first = next(name for name in ("levenberg-marquardt", "newton", "adam") if name in offered)
    if setup.model == "mlp":
        first = "adam"
    choosing.renew("own-optimizer-of", (setup.model, setup.loss, data.task), {"optimizer-table": first})
    name = controls.choice(
        _("Optimizer"),
        "optimizer-table",
        offered,
        first,
        titles={each: _(OPTIMIZERS[each].title) for each in offered},
        help=table_words.refused(refused) or None,
    )
    start, start_keys = _start(setup, held, data, risk)
    spec, owner, numbers = OPTIMIZERS[name], f"{name}-table", {}
    rate = choosing.rate_of(name)
    if rate is not None:
        suggested = _rate(setup, risk, name, start)
        key = key_of(owner, rate)
        choosing.renew(f"own-rate-of-{name}", (setup, name), {key: suggested})
        ends = (controls.rounded(max(suggested * 1e-3, 1e-12)), controls.rounded(min(suggested * 1e2, 1e5)))
        numbers[rate.name] = controls.log_number(f"{_(spec.title)} · η", key, suggested, ends, limits(rate))
    steps = controls.count(_("Steps"), "steps-table", FIRST_STEPS, 1, fitted.MAX_STEPS, options=STEPS)
    others = [each for each in spec.hyperparameters if each.name != "learning_rate"]
    if others:
        with st.expander(_("More settings")):
            for each in others:
                numbers[each.name] = number(spec.title, key_of(owner, each), each, drawn=True)
    keys = ["optimizer-table", "steps-table", *start_keys]
    keys += [key_of(owner, each) for each in spec.hyperparameters]
    ordered = tuple((each.name, numbers[each.name]) for each in spec.hyperparameters)
    return Walk(name, ordered, tuple(float(value) for value in start), steps), keys


def _rate(setup: Setup, risk: Objective, name: str, start: np.ndarray) -> float:
    """The learning rate to begin with, found once for a loss and a start."""
    key = ("rate", setup, name, tuple(start))
    found: float = table_source.memory().get(
        key, lambda: fitted.learning_rate(risk, name, tabled.shaped(risk.start, start))
    )
    return found


def _start(setup: Setup, held: Held, data: Dataset, risk: Objective) -> tuple[np.ndarray, list[str]]:
    """Choose where the fit starts: each parameter by itself where they are few, else a seed."""
    names = list(tabled.coordinates(risk.start))
    known = EXAMPLES.get(held.example)
    certified = known is not None and setup.formula is not None and setup.formula.text == known.text
    seed, keys = 0, []
    if setup.model == "mlp":
        seed, keys = controls.whole(_("Seed"), "seed-table", 0, 0, 9999), ["seed-table"]
    values = tabled.flat(tabled.first_start(setup, data, seed))
    if len(names) > MOST_FIELDS or setup.model == "mlp":
        return values, keys
    if certified and known is not None:
        values = np.array(known.starts[0])
    start_keys = [f"start-{name}-table" for name in names]
    firsts = dict(zip(start_keys, (float(value) for value in values), strict=True))
    choosing.renew("own-start-of", (held.digest, setup.model, setup.formula, tuple(names)), firsts)
    if certified and known is not None:
        _certified_starts(known.starts, start_keys)
    found = []
    for pair in (names[index : index + 2] for index in range(0, len(names), 2)):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            for name in pair:
                key = f"start-{name}-table"
                found.append(
                    controls.number(
                        _("Start {axis}").format(axis=name),
                        key,
                        firsts[key],
                        -FARTHEST,
                        FARTHEST,
                        width=controls.HALF,
                    )
                )
    return np.array(found), [*keys, *start_keys]


def _certified_starts(starts: tuple[tuple[float, ...], ...], keys: list[str]) -> None:
    """Buttons for the two starts from which NIST's problem is to be solved."""

    def take(values: tuple[float, ...]) -> None:
        st.session_state.update(dict(zip(keys, values, strict=True)))

    with st.container(horizontal=True, gap="small"):
        for place, values in enumerate(starts, 1):
            st.button(
                _("NIST start {number}").format(number=place),
                on_click=take,
                args=(values,),
                key=f"own-nist-start-{place}",
                help=", ".join(f"{value:g}" for value in values),
            )


def view(setup: Setup, data: Dataset, risk: Objective) -> tuple[View, list[str]]:
    """Choose which parameters lie across and up, where the others are, and how the heights are drawn."""
    names = list(tabled.coordinates(risk.start))
    titles = tabled.titles(tuple(names), setup, data)
    keys = ["across-table", "up-table", "others-table", "window-table", "height-table"]
    windows = {"all": _("Start and minimum"), "near": _("Close to the minimum")}
    others = "best"
    values: tuple[float, ...] = ()
    with st.expander(_("What is looked at")):
        near = controls.segments(_("Window"), "window-table", windows, "all") == "near"
        scales: dict[Scale, str] = {"log": _("Logarithmic"), "linear": _("Linear")}
        scale: Scale = controls.segments(_("Height"), "height-table", scales, "log")
        first_axes = _first_axes(names)
        choosing.renew(
            "own-axes-of", tuple(names), {"across-table": first_axes[0], "up-table": first_axes[1]}
        )
        across = controls.choice(_("Across"), "across-table", names, first_axes[0], titles=titles)
        rest = [name for name in names if name != across]
        up = controls.choice(_("Up"), "up-table", rest, first_axes[1], titles=titles)
        if len(names) > 2:
            places = {"best": _("Best fit"), "end": _("Last step"), "start": _("Start")}
            held = [name for name in names if name not in (across, up)]
            if len(names) <= MOST_FIELDS:
                places["own"] = _("Mine")
            others = controls.choice(_("The other parameters"), "others-table", list(places), titles=places)
            if others == "own":
                found = dict.fromkeys(names, 0.0)
                for name in held:
                    found[name] = controls.number(
                        titles[name], f"held-{name}-table", 0.0, -FARTHEST, FARTHEST
                    )
                    keys.append(f"held-{name}-table")
                values = tuple(found.values())
    return View((across, up), others, values, near, scale), keys


def _first_axes(names: list[str]) -> tuple[str, str]:
    """Weights before biases."""
    ordered = sorted(names, key=lambda name: name.startswith("b") and any(each[0] == "w" for each in names))
    return ordered[0], ordered[1]
