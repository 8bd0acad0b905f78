"""Two distributions on the page: the table against closed forms, links, sliders, and what is given away."""

import re

import numpy as np
import pytest
from compiling import counted
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, rows, text, visit, warnings

from landscape.figures.heights import number
from landscape.studio.studies.losses import distributions

TOPIC = {"topic": "distributions"}


def test_the_table_says_what_closed_forms_say_and_no_slider_compiles():
    with counted() as programs:
        app = visit("losses", TOPIC, x="4", y="2", **{"steps-distributions": "400"})
        assert warnings(app) == []
        kl, js, wasserstein = rows(app)
        assert kl[:5] == [
            "KL(P‖Q)",
            number(np.log(2) + 17 / 8 - 0.5),
            "1",
            number(0.5 - 17 / 8),
            number(1.908),
        ]
        assert 0 < float(js[1]) < np.log(2)
        # W₁ is the mean of |4 + z| for a standard Gaussian z.
        assert float(wasserstein[1]) == pytest.approx(4.0, abs=1e-3)
        assert wasserstein[2] == number(1.0)
        assert "never goes flat" in text(app)
        drawn = len(programs)
        for key, value in (
            ("x", -3.0),
            ("y", 0.7),
            ("rate-distributions", 0.4),
            ("steps-distributions", 30.0),
        ):
            app.number_input(key=key).set_value(value)
            rerun(app)
            assert len(programs) == drawn, f"{key}: {programs[drawn:]}"
        assert rows(app)[0][2] == number(-3 / 0.49)
        app.number_input(key="y").set_value(0.0)  # no distribution at all
        rerun(app)
        assert rows(app)[0][1] == "NaN"


def test_where_uniform_distributions_do_not_overlap(monkeypatch):
    link = TOPIC | {"shape-distributions": "uniform", "x": "3", "y": "1", "steps-distributions": "80"}
    app, offers = taken(monkeypatch, "losses", link)
    kl, js, wasserstein = rows(app)
    assert kl[1:5] == ["∞", "–", "–", "–"]
    assert js[1:5] == [number(np.log(2)), "0", "0", "0"]
    assert "does not move: 3 away" in js[5]
    assert wasserstein[1:5] == ["3", "1", "0", "1"]
    # 0.1 at a time: the first step after which no more than a rounding error of 0.1 is left.
    assert re.search(r"within 0.1 of P after (29|30) steps", wasserstein[5])
    arrays, columns = loaded(offers), table(offers)
    np.testing.assert_allclose(numbers(columns["wasserstein"]), np.abs(arrays["m"]), atol=1e-12)
    far = np.abs(arrays["m"]) > 2
    np.testing.assert_allclose(arrays["js"][far], np.log(2), atol=1e-12)
    assert np.isinf(arrays["kl"][arrays["m"] != 0]).all()
    out = printed(offers["script"]())
    said = dict(re.findall(r"^(\S+): ([\d.a-z]+), gradient", out, re.MULTILINE))
    assert float(said["kl"]) == np.inf
    assert float(said["js"]) == pytest.approx(np.log(2), rel=1e-5)
    assert float(said["wasserstein"]) == pytest.approx(3.0)
    ends = re.findall(r"^(\S+): after 80 steps \[\s*(\S+)\s+(\S+?)\s*\]", out, re.MULTILINE)
    for name, m, s in ends:
        np.testing.assert_allclose([float(m), float(s)], arrays[f"{name}/params"][-1], atol=1e-6)
    assert len(ends) == 3
    assert offers["html"]().count("</html>") == 1


def test_what_a_link_cannot_have_is_said_and_the_other_direction_of_kl_is_another():
    bad = {"shape-distributions": "cauchy", "rate-distributions": "-1", "steps-distributions": "9999"}
    app = visit("losses", TOPIC | bad, x="2", y="3", **{"kl-distributions": "reverse"})
    said = "\n".join(warnings(app))
    for key, instead in (
        ("shape-distributions", "gaussian"),
        ("rate-distributions", "0.1"),
        ("steps-distributions", "300"),
    ):
        assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", said), said
    assert rows(app)[0][:2] == ["KL(Q‖P)", number(-np.log(3) + (9 + 4) / 2 - 0.5)]


def test_the_pictures_have_every_measure_in_its_own_colour(monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        distributions, "plot", lambda key, panels, tracks, **_: drawn.update(panels=panels, tracks=tracks)
    )
    visit("losses", TOPIC, **{"view-distributions": "side"})
    assert [panel.role for panel in drawn["panels"]] == ["chart"] * 3 + ["scene"] * 3
    assert [panel.paths for panel in drawn["panels"][3:]] == [["kl"], ["js"], ["wasserstein"]]
    curves = drawn["panels"][1].figure["data"]
    shown = {trace["line"]["color"] for trace in curves if trace["mode"] == "lines"}
    assert shown == {track.color for track in drawn["tracks"]}
    assert len(shown) == 3


@pytest.mark.parametrize(
    ("direction", "growth", "slope"), [("kl", "$|m|/s$", 0.5), ("kl-reverse", "$|m|$", 1.0)]
)
def test_how_kl_of_laplace_distributions_grows_is_said_of_either_direction(direction, growth, slope):
    assert f"like {growth}." in distributions._words("laplace", (8.0, 2.0), direction)
    row = list(distributions.MEASURES).index(direction)
    _values, gradients = distributions._slopes("laplace", (8.0, 2.0))
    assert gradients[row, -1, 0] == pytest.approx(slope, rel=0.02)
