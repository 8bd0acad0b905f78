"""Two lists of probabilities that a reader edits: numbers, logits, examples, and clicks into their bars."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import streamlit as st

from landscape.figures.heights import number
from landscape.likelihoods import cross_entropy_terms, softmax, to_logits
from landscape.studio import controls, links
from landscape.studio.plot import Click
from landscape.studio.texts import _

MOST = 5
"""Classes at most; the numbers of all are kept, also while fewer are shown."""

LARGEST = 50.0
"""The largest logit that may be typed."""

TARGETS, PREDICTIONS, LOGITS = (
    tuple(f"{letter}{place}-by-hand" for place in range(1, MOST + 1)) for letter in "tyz"
)
FIRST = {"t": (1.0, 0.0, 0.0, 0.0, 0.0), "y": (0.7, 0.3, 0.0, 0.0, 0.0), "z": (1.0, 0.0, 0.0, 0.0, 0.0)}
"""What stands there at first: target, prediction, logits."""

CLASSES, EDIT = "classes-by-hand", "edit-by-hand"
EDITED = "by-hand-edited"
"""Where a session keeps whether probabilities or logits were edited last; not a widget."""

EXAMPLES: tuple[tuple[Sequence[float], Sequence[float]], ...] = (
    ((1.0, 0.0), (0.0, 1.0)),
    ((1.0, 0.0), (1.0, 0.0)),
    ((1.0, 0.0, 0.0), (0.6, 0.3, 0.1)),
    ((0.5, 0.3, 0.2), (0.2, 0.3, 0.5)),
)
"""Target and prediction of the buttons."""

ROUNDING = 1e-6
"""How far from 1 a sum may be and still be rounding, as the losses see it."""


@dataclass(frozen=True)
class Pair:
    """A target and a prediction, and the logits of the prediction."""

    target: tuple[float, ...]
    prediction: tuple[float, ...]
    logits: tuple[float, ...]

    def terms(self) -> np.ndarray:
        """The terms of the sum, in nats."""
        return cross_entropy_terms(self.target, self.prediction)

    def by_hand(self) -> np.ndarray:
        """The gradient with respect to the logits, by hand."""
        return np.subtract(self.prediction, self.target)


def numbers(edit: str, count: int) -> Pair:
    """Choose the numbers, class by class: target at the left, prediction or logit at the right."""
    chosen: dict[str, list[float]] = {"t": [], "y": [], "z": []}
    right = "z" if edit == "logits" else "y"
    for place in range(MOST):
        names = {"t": _("target t"), "y": _("prediction y"), "z": _("logit z")}
        keys = {"t": TARGETS[place], "y": PREDICTIONS[place], "z": LOGITS[place]}
        ends = {"t": (0.0, 1.0), "y": (0.0, 1.0), "z": (-LARGEST, LARGEST)}
        drawn = ["t", right] if place < count else []
        with st.container(horizontal=True, gap="small") if drawn else nullcontext():
            for letter, numbers in chosen.items():
                default, key = FIRST[letter][place], keys[letter]
                if letter in drawn:
                    label = f"{names[letter]}{_index(place)}"
                    step = 0.5 if letter == "z" else 0.05
                    numbers.append(
                        controls.number(label, key, default, *ends[letter], step=step, width=controls.HALF)
                    )
                else:
                    numbers.append(_kept(key, default, *ends[letter]))
    target = tuple(chosen["t"][:count])
    if edit == "logits":
        logits = tuple(chosen["z"][:count])
        return Pair(target, tuple(softmax(logits).tolist()), logits)
    prediction = tuple(chosen["y"][:count])
    return Pair(target, prediction, tuple(to_logits(prediction).tolist()))


def _kept(key: str, default: float, low: float, high: float) -> float:
    """A number that is not on the screen and not in the link, but that buttons and modes can set."""
    value: float = links.settle(
        key, links.read_number(low, high), default, lambda value: links.is_between(value, low, high)
    )
    st.session_state[key] = value  # which Streamlit would forget with the widget
    return value


def _index(place: int) -> str:
    """A class's number as a subscript."""
    return chr(ord("₁") + place)


def carry_over(edit: str, count: int) -> None:
    """Whoever turns from probabilities to logits, or back, goes on with the same prediction."""
    state = st.session_state
    before, state[EDITED] = state.get(EDITED, edit), edit
    if before == edit or not all(key in state for key in (*PREDICTIONS, *LOGITS)):
        return
    if edit == "logits":
        old = [state[key] for key in PREDICTIONS[:count]]
        # No finite logit gives 0: what was there stays.
        if min(old) > 0:
            _put(LOGITS, _readable(to_logits(old)))
    else:
        _put(PREDICTIONS, softmax([state[key] for key in LOGITS[:count]]).tolist())


def _readable(logits: np.ndarray) -> list[float]:
    """Logits with as many digits as a millionth of a probability needs."""
    return [round(float(logit), 6) for logit in logits]


def _put(keys: Sequence[str], values: Sequence[float]) -> None:
    """Give controls values, as if they had been typed."""
    for key, value in zip(keys, values, strict=False):
        links.renew(key, float(value))


def _set(target: Sequence[float], prediction: Sequence[float]) -> None:
    """An example of the buttons: both lists, and as many classes."""
    state = st.session_state
    state[CLASSES], state[EDIT], state[EDITED] = str(len(target)), "probabilities", "probabilities"
    rest = [0.0] * (MOST - len(target))
    for keys, values in ((TARGETS, target), (PREDICTIONS, prediction)):
        state.update(zip(keys, [*values, *rest], strict=True))


def examples(count: int) -> None:
    """Buttons of examples; each sets both lists."""
    with st.container(horizontal=True, gap="small"):
        for place, (target, prediction) in enumerate(EXAMPLES):
            label = f"t {_listed(target)} · y {_listed(prediction)}"
            st.button(label, key=f"example-{place}-by-hand", on_click=_set, args=(target, prediction))
        even = [1.0 / count] * count
        st.button(_("both even"), key="example-even-by-hand", on_click=_set, args=(even, even))


def _listed(values: Sequence[float]) -> str:
    return f"[{', '.join(f'{value:g}' for value in values)}]"


def say_what_is_wrong(pair: Pair, edit: str) -> bool:
    """Tell of a list that does not sum to 1, with a button that mends it; whether there is one."""
    wrong = False
    sides = (
        ("t", _("target t"), TARGETS, pair.target),
        ("y", _("prediction y"), PREDICTIONS, pair.prediction),
    )
    for letter, name, keys, values in sides:
        total = sum(values)
        if abs(total - 1.0) <= ROUNDING:
            continue
        wrong = True
        with st.container(horizontal=True, vertical_alignment="center"):
            said = _(
                "The {name} sums to {total}. Probabilities sum to 1; only then can the two lists be compared."
            )
            st.warning(said.format(name=name, total=number(total)))
            st.button(
                _("Normalize {name}").format(name=letter),
                key=f"normalize-{letter}-by-hand",
                on_click=_normalize,
                args=(keys, values),
                disabled=total == 0,
                help=_("All are 0: there is nothing to share out.") if total == 0 else None,
            )
    return wrong


def _normalize(keys: Sequence[str], values: Sequence[float]) -> None:
    total = sum(values)
    for key, value in zip(keys, values, strict=False):
        st.session_state[key] = value / total


def move(click: Click, pair: Pair, edit: str) -> None:
    """A click gives a bar its height; the other bars of its list keep their proportions."""
    count = len(pair.target)
    place = min(max(round(click.x), 0), count - 1)
    height = min(max(round(click.y, 2), 0.0), 1.0)
    keys, values = (TARGETS, pair.target) if click.x < place else (PREDICTIONS, pair.prediction)
    others = sum(values) - values[place]
    if others > 0:
        raised = [value * (1.0 - height) / others for value in values]
    else:
        raised = [(1.0 - height) / (count - 1)] * count
    raised[place] = height
    if keys is PREDICTIONS and edit == "logits":
        if min(raised) > 0:
            st.session_state.update(zip(LOGITS, _readable(to_logits(raised)), strict=False))
        return
    # 0.04875 instead of 0.048749999999999995.
    st.session_state.update(zip(keys, (round(each, 15) for each in raised), strict=False))
