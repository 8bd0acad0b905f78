"""Segmentation on the page: the table against scikit-learn, links, sliders, and what is given away."""

import re

import numpy as np
import pytest
from compiling import counted
from sklearn.metrics import f1_score, jaccard_score, log_loss
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape.figures.heights import number
from landscape.tasks.masks import disc, soft_mask

TOPIC = {"topic": "segmentation"}


def test_the_table_says_what_scikit_learn_says_and_no_slider_compiles():
    with counted() as programs:
        app = visit("losses", TOPIC, x="3.5", y="4", **{"object-segmentation": "3"})
        assert warnings(app) == []
        entropy, dice, *_others = rows(app)
        object_, guess = disc(3.0).ravel(), disc(3.5, 4.0).ravel()
        assert entropy[1] == number(log_loss(object_, soft_mask((3.5, 4.0), 0.5).ravel()))
        assert (
            f"IoU {number(jaccard_score(object_, guess))}, Dice {number(f1_score(object_, guess))}"
            in text(app)
        )
        assert "**The object has 32 of 1,024 pixels (3.1 %).**" in text(app)
        assert float(dice[5]) > 0.98 > 0.5 > float(entropy[5])
        assert int(dice[6]) < int(entropy[6])
        drawn = len(programs)
        changes = {
            "object-segmentation": 6.5,
            "softness-segmentation": 0.8,
            "rate-segmentation": 1.0,
            "x": 2.0,
        }
        for key, value in changes.items():
            app.number_input(key=key).set_value(value)
            rerun(app)
            assert len(programs) == drawn, f"{key}: {programs[drawn:]}"
    assert "Of nothing (r = −3.2)" in text(app)
    nothing = log_loss(disc(6.5).ravel(), soft_mask((-3.2, 0.0), 0.8).ravel())
    assert rows(app)[0][5] == number(nothing)


def test_without_overlap_dice_finds_nothing_and_the_sum_of_both_does(monkeypatch):
    app, offers = taken(monkeypatch, "losses", TOPIC | {"y": "8"})
    found = {cells[0]: cells[6:] for cells in rows(app)}
    assert found["Dice"] == found["Generalized dice"] == ["–", "0"]
    assert found["Binary cross-entropy"][1] == found["Dice with cross-entropy"][1] == "1"
    arrays, columns = loaded(offers), table(offers)
    for name, steps in (("binary-cross-entropy", found["Binary cross-entropy"][0]), ("dice", None)):
        reached = np.flatnonzero(numbers(columns[f"{name}_iou"]) >= 0.9)
        assert (str(reached[0]) if reached.size else None) == steps
        hard = disc(*arrays[f"{name}/params"][-1]).ravel()
        score = f1_score(disc(2.0).ravel(), hard)
        assert numbers(columns[f"{name}_overlap_dice"])[-1] == pytest.approx(score)
    out = printed(offers["script"]())
    ends = re.findall(r"^(\S+): after 200 steps \[\s*(\S+)\s+(\S+?)\s*\], IoU (\S+)", out, re.MULTILINE)
    assert len(ends) == 4
    for name, r, c, iou in ends:
        np.testing.assert_allclose([float(r), float(c)], arrays[f"{name}/params"][-1], atol=1e-6)
        assert float(iou) == pytest.approx(arrays[f"{name}_iou"][-1], rel=1e-5)
    assert offers["html"]().count("</html>") == 1


def test_what_a_link_cannot_have_is_said():
    bad = {"object-segmentation": "40", "softness-segmentation": "0", "view-segmentation": "below"}
    app = visit("losses", TOPIC | bad | {"rate-segmentation": "x", "steps-segmentation": "0.5"})
    said = "\n".join(warnings(app))
    for key, instead in (
        ("object-segmentation", "2"),
        ("softness-segmentation", "0.5"),
        ("view-segmentation", "above"),
        ("rate-segmentation", "3"),
        ("steps-segmentation", "200"),
    ):
        assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", said), said
