"""Ridge: the same loss without and with a penalty, side by side."""

import streamlit as st

from landscape.studio import (
    choosing,
    controls,
    exports,
    links,
    regularized,
    ridge_pictures,
    sharing,
    suggestions,
    summaries,
)
from landscape.studio.plot import Click, plot
from landscape.studio.regularized import Data, Penalized
from landscape.studio.texts import _, lesson


def clicked(click: Click) -> None:
    choosing.place(click, regularized.slice_of(data))


with st.sidebar:
    names = {"diabetes": _("Diabetes s1, s2"), "collinear": _("Synthetic")}
    name = controls.segments(_("Data"), "data", names, "diabetes")
    correlation = 0.0
    if name == "collinear":
        correlation = controls.linear_number(
            _("Correlation ρ"), "rho", 0.95, (0.0, 0.99), (0.0, 0.9999), steps=99
        )
    data = Data(name, correlation)
    strength = controls.log_number(
        _("Strength λ"),
        "lambda",
        50.0,
        regularized.ENDS,
        (0.0, 1e8),
        zero=True,
        help=_("λ = 0 is least squares."),
    )
    penalties = {"l2": _("L2 ridge"), "l1": _("L1 lasso"), "elastic-net": _("Both")}
    penalty = controls.segments(_("Penalty"), "penalty", penalties, "l2")
    ratio = regularized.RATIOS.get(penalty)
    if ratio is None:
        ratio = controls.linear_number(_("Share of L1"), "l1-ratio", 0.5, (0.0, 1.0), (0.0, 1.0), steps=20)
    plain, penalized = Penalized(data, 0.0, 0.0), Penalized(data, strength, ratio)
    first_rate = suggestions.below(1 / regularized.largest_curvature(plain))
    choosing.renew("rate-of", data, {"lr": first_rate})
    rate = controls.log_number(
        _("Learning rate η"),
        "lr",
        first_rate,
        (1e-6, 1.0),
        (0.0, 1e6),
        help=_(
            "Of gradient descent, the same for both losses. The limit 2/λₘₐₓ falls as the strength grows."
        ),
    )
    start, start_keys = choosing.point_in(regularized.slice_of(data), data, ("w₁", "w₂"), _("Start {axis}"))
    view = controls.segments(_("View"), "view", ridge_pictures.views(), "above")
    seed = controls.whole(_("Seed of the split"), "seed", 3, 0, 9999, help=_("Which patients are held out."))
    bare = controls.switch(_("Hide the lesson"), "wide")
links.keep(["data", "rho", "lambda", "penalty", "l1-ratio", "lr", *start_keys, "view", "seed", "wide"])
links.show_notes(st)

page, beside = (st.container(), None) if bare else st.columns([3.4, 1])
with page:
    walked = [regularized.path(choice, rate, start) for choice in (plain, penalized)]
    panels, tracks = ridge_pictures.pair(plain, penalized, walked, start, view)
    plot("ridge", panels, tracks, on_click=clicked, columns=(1, 1), height=400, words={"point": "w"})
    st.markdown(summaries.ridge(plain, penalized, walked, rate))
    curves = ridge_pictures.curves(penalized, seed)
    plot("ridge-curves", curves, columns=(1, 1.15, 1), height=280)
    sharing.bar("ridge", **exports.ridge([*panels, *curves], tracks, penalized, walked, rate, start, seed))
if beside is not None:
    beside.container(key="lesson").markdown(lesson("ridge"))
