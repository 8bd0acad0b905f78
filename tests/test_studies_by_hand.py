"""Cross-entropy by hand: the table against SciPy, what cannot be compared, clicks, links and buttons."""

import re

import numpy as np
import pytest
from scipy import special
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape.figures.heights import number
from landscape.studio.plot import Click
from landscape.studio.studies.losses import by_hand, two_lists
from landscape.studio.studies.losses.two_lists import LOGITS, PREDICTIONS, TARGETS, Pair

BY_HAND = {"topic": "by-hand"}
THREE = {"classes-by-hand": "3", "t1-by-hand": "0.5", "t2-by-hand": "0.3", "t3-by-hand": "0.2"}
SWAPPED = THREE | {"y1-by-hand": "0.2", "y2-by-hand": "0.3", "y3-by-hand": "0.5"}


def pressed(app, key, value):
    """Press one of a few options side by side."""
    next(group for group in app.get("button_group") if group.key == key).set_value(value)
    return rerun(app)


def values(app, keys, count):
    return [app.session_state[key] for key in keys[:count]]


@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_the_table_is_the_sum_term_by_term(unit):
    app = visit("losses", BY_HAND | SWAPPED, **{"unit-by-hand": unit})
    assert warnings(app) == []
    t, y = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
    size = np.log(2) if unit == "bits" else 1.0
    terms = -special.xlogy(t, y) / size
    *found, total = rows(app)
    for place, row in enumerate(found):
        wanted = [t[place], y[place], np.log(y[place]) / size, terms[place], y[place] - t[place]]
        assert row[:6] == [str(place + 1), *map(number, wanted)]
        assert float(row[6].replace("−", "-")) == pytest.approx(y[place] - t[place], abs=1e-4)
    assert total[4] == f"**{number(terms.sum())}**"
    entropy, divergence = special.entr(t).sum() / size, special.rel_entr(t, y).sum() / size
    said = f"{number(terms.sum())} = {number(entropy)} + {number(divergence)}, difference"
    assert said in text(app)
    base = r"\log_2" if unit == "bits" else r"\log"
    assert rf"0.5 \cdot {base} 0.2 + 0.3 \cdot {base} 0.3" in text(app)
    assert float(re.search(r"differ by (\d\S*?)(×10⁻¹\S| at)", text(app))[1]) < 10


def test_the_buttons_show_certain_and_wrong_and_certain_and_right():
    app = visit("losses", BY_HAND)
    app.button(key="example-0-by-hand").click()
    rerun(app)
    assert rows(app)[0] == ["1", "1", "0", "−∞", "∞", "−1", "−1"]
    assert rows(app)[1] == ["2", "0", "1", "0", "0", "1", "1"]
    assert r"= \mathbf{\infty}$ nats" in text(app)
    assert "class 1 happens, and the prediction has ruled it out" in text(app)
    app.button(key="example-1-by-hand").click()
    rerun(app)
    assert rows(app)[-1][4] == "**0**"
    assert "0 · log 0 counts as 0" in text(app)
    app.button(key="example-2-by-hand").click()
    rerun(app)
    assert app.session_state["classes-by-hand"] == "3"
    assert values(app, PREDICTIONS, 3) == [0.6, 0.3, 0.1]
    assert rows(app)[-1][4] == f"**{number(-np.log(0.6))}**"
    app.button(key="example-even-by-hand").click()
    rerun(app)
    assert rows(app)[-1][4] == f"**{number(np.log(3))}**"


def test_lists_that_do_not_sum_to_one_are_told_of_and_normalized():
    app = visit("losses", BY_HAND | THREE | {"t3-by-hand": "0", "y1-by-hand": "0.7"})
    [said] = warnings(app)
    assert "target t sums to 0.8" in said
    assert not any(part.value.startswith("|") for part in app.markdown)
    app.button(key="normalize-t-by-hand").click()
    rerun(app)
    assert warnings(app) == []
    assert values(app, TARGETS, 3) == pytest.approx([0.625, 0.375, 0.0])
    for key in TARGETS[:3]:
        app.number_input(key=key).set_value(0.0)
    rerun(app)
    assert app.button(key="normalize-t-by-hand").disabled


def test_rounded_thirds_are_probabilities():
    link = {"classes-by-hand": "3"} | dict.fromkeys(("t1-by-hand", "t2-by-hand"), "0.333")
    app = visit("losses", BY_HAND | link | {"t3-by-hand": "0.334"})
    assert warnings(app) == []
    assert rows(app)[-1][1] == "1"


def test_whoever_turns_to_logits_and_back_keeps_the_prediction():
    app = visit("losses", BY_HAND | {"y1-by-hand": "0.9", "y2-by-hand": "0.1"})
    pressed(app, "edit-by-hand", "logits")
    logits = values(app, LOGITS, 2)
    np.testing.assert_allclose(special.softmax(logits), [0.9, 0.1], atol=1e-5)
    app.number_input(key="z2-by-hand").set_value(logits[1] + 2.0)
    rerun(app)
    wanted = special.softmax([logits[0], logits[1] + 2.0])
    assert rows(app)[0][3] == number(wanted[0])
    pressed(app, "edit-by-hand", "probabilities")
    np.testing.assert_allclose(values(app, PREDICTIONS, 2), wanted, rtol=1e-12)


def test_logits_of_a_link_are_used_as_they_are():
    link = {"edit-by-hand": "logits", "z1-by-hand": "-0.5", "z2-by-hand": "2"}
    app = visit("losses", BY_HAND | link)
    assert warnings(app) == []
    y = special.softmax([-0.5, 2.0])
    assert rows(app)[0][:4] == ["1", "1", "−0.5", number(y[0])]
    assert rows(app)[-1][5] == f"**{number(-np.log(y[0]))}**"
    app = visit("losses", BY_HAND | link | {"z1-by-hand": "1e9", "y1-by-hand": "-1"})
    assert "`z1-by-hand` – 1e+09 is above 50" in warnings(app)[0]
    assert "`y1-by-hand` – -1 is below 0" in warnings(app)[0]


@pytest.mark.parametrize(
    ("place", "height", "keys", "wanted"),
    [
        (1.2, 0.6, PREDICTIONS, [0.2 * 0.4 / 0.7, 0.6, 0.5 * 0.4 / 0.7]),
        (-0.2, 1.3, TARGETS, [1.0, 0.0, 0.0]),
        (2.1, -0.1, PREDICTIONS, [0.4, 0.6, 0.0]),
    ],
)
def test_a_click_gives_a_bar_its_height_and_the_list_still_sums_to_one(
    place, height, keys, wanted, monkeypatch
):
    state = {}
    monkeypatch.setattr(two_lists.st, "session_state", state)
    y = (0.2, 0.3, 0.5)
    pair = Pair((0.5, 0.3, 0.2), y, tuple(np.log(y)))
    two_lists.move(Click("bars", place, height), pair, "probabilities")
    assert list(state) == list(keys[:3])
    assert list(state.values()) == pytest.approx(wanted)


def test_a_click_on_logits_moves_logits_and_none_to_infinity(monkeypatch):
    state = {}
    monkeypatch.setattr(two_lists.st, "session_state", state)
    pair = Pair((1.0, 0.0), (0.5, 0.5), (0.0, 0.0))
    two_lists.move(Click("bars", 0.2, 0.75), pair, "logits")
    np.testing.assert_allclose(special.softmax(list(state.values())), [0.75, 0.25], atol=1e-6)
    assert list(state) == list(LOGITS[:2])
    state.clear()
    two_lists.move(Click("bars", 0.2, 1.1), pair, "logits")
    assert state == {}
    # A bar beside others that are all 0 shares the rest out evenly.
    two_lists.move(Click("bars", -0.2, 0.4), pair, "probabilities")
    assert list(state.values()) == pytest.approx([0.4, 0.6])


def test_the_pictures_are_of_the_numbers(monkeypatch):
    drawn = {}
    monkeypatch.setattr(by_hand, "plot", lambda key, panels, **settings: drawn.update(panels=panels))
    visit("losses", BY_HAND | SWAPPED)
    areas, bars, sums = (panel.figure["data"] for panel in drawn["panels"])
    assert [trace["y"].tolist() for trace in bars] == [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]
    under, more, less = (trace["y"] @ trace["width"] for trace in areas)
    whole, own, divergence = (trace["x"][0] for trace in sums)
    assert under + more == pytest.approx(whole)
    assert under + less == pytest.approx(own)
    assert more - less == pytest.approx(divergence)


@pytest.mark.parametrize("edit", ["probabilities", "logits"])
def test_what_it_gives_away_is_what_it_shows(edit, monkeypatch):
    app, offers = taken(monkeypatch, "losses", BY_HAND | SWAPPED | {"edit-by-hand": edit, "z3-by-hand": "2"})
    arrays, columns, said = loaded(offers), table(offers), printed(offers["script"]())
    total = float(re.search(r"^cross-entropy: (\S+)$", said, re.MULTILINE)[1])
    assert total == arrays["cross_entropy"]
    assert numbers(columns["term"]).sum() == pytest.approx(total)
    assert rows(app)[-1][-3] == f"**{number(total)}**"
    gradient = re.search(r"^gradient: \[(.*)\]$", said, re.MULTILINE)[1].split(", ")
    np.testing.assert_allclose(numbers(gradient), arrays["gradient"], rtol=0, atol=1e-16)
    np.testing.assert_allclose(arrays["y_minus_t"], arrays["gradient"], atol=1e-15)
    assert offers["html"]().count("</html>") == 1
