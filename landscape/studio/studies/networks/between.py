"""Between two solutions: the line and the plane through networks that were trained apart."""

from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

import streamlit as st

from landscape.studio import choosing, controls, joined, links, sharing
from landscape.studio.jobs import Wanted
from landscape.studio.joined import Family, Second
from landscape.studio.plot import plot
from landscape.studio.studies.networks import between_files, between_pictures, between_words
from landscape.studio.studies.networks.waiting import gathered
from landscape.studio.texts import _
from landscape.studio.trained import Recipe

View = Literal["line", "plane", "together"]


def show() -> list[str]:
    """Draw the part; the keys of its controls."""
    with st.sidebar:
        above = st.container()
        with st.expander(_("Network and training")):
            recipe, keys = choosing.recipe("between")
        with above:
            view, family, height, more = _controls(recipe)
    links.show_notes(st)
    place = st.container(key="under-way").container(horizontal=True, vertical_alignment="center")
    if view == "together":
        _together(recipe, place)
    elif _are_there(family, 2 if view == "line" else 3, place):
        if view == "line":
            _line(family, place)
        else:
            _plane(family, height, place)
    return [*keys, *more]


def _controls(recipe: Recipe) -> tuple[View, Family, str, list[str]]:
    views: Mapping[View, str] = {"line": _("Line"), "plane": _("Plane"), "together": _("Barrier")}
    view = controls.segments(_("Picture"), "view-between", views, "line")
    keys = ["view-between"]
    second: str = "order"
    if view != "together":
        seconds = between_words.seconds()
        second = controls.choice(
            _("The other solution"),
            "second-between",
            list(get_args(Second)),
            titles=seconds,
            help=_("Of the same network, trained in the same way on the same examples."),
        )
        keys.append("second-between")
    together = 0
    if second == "order" and view != "together":
        options = joined.compared(recipe)
        together = controls.count(
            _("Epochs together"),
            "together-between",
            0,
            0,
            joined.TOGETHER[-1],
            options=options,
        )
        keys.append("together-between")
    height = "loss"
    if view == "plane":
        titles = between_words.titles()
        names = {name.replace("_", "-"): titles[name] for name in joined.heights(recipe)}
        height = controls.choice(_("Height shows"), "height-between", list(names), titles=names)
        height = height.replace("-", "_")
        keys.append("height-between")
    return view, Family(recipe, cast(Second, second), together), height, keys


def _are_there(family: Family, count: int, place: Any) -> bool:
    """Whether the solutions are there; if not, they are on their way, or the reader is told why not."""
    reason = joined.refused(family, count)
    if reason:
        st.error(between_words.refusal(reason))
        return False
    wanted = list(dict.fromkeys(joined.training(family, index) for index in range(count)))
    found = gathered(
        wanted,
        family,
        "between",
        place,
        lambda: between_words.training_so_far([each.jobs.so_far(*each.args) for each in wanted]),
    )
    if any(each is None for each in found):
        st.caption(between_words.planned(family, count))
        return False
    if not all(joined.is_finite(family, index) for index in range(count)):
        st.error(_("A training diverged: there is no line to its end. Take a smaller η."))
        return False
    return True


def _line(family: Family, place: Any) -> None:
    """Loss and accuracy along the line through two solutions."""
    heights = joined.heights(family.recipe)
    first = [name for name in heights if name.endswith("loss")]
    wanted = [Wanted(joined.line, (family, (0, 1), name)) for name in [*first, *(set(heights) - set(first))]]
    found = gathered(wanted, family, "between", place, lambda: _("Following the line"))
    panels = between_pictures.line(family)
    if panels:
        st.markdown(between_words.headline(family))
        plot("between-line", panels, columns=(1.3, 1) if len(panels) > 1 else (1,), height=360)
        st.markdown("  \n".join(between_words.line(family)))
        if all(each is not None for each in found):
            sharing.bar("networks", **between_files.line(family, panels))
    else:
        st.caption(between_words.planned(family, 2))


def _plane(family: Family, height: str, place: Any) -> None:
    """The plane through three solutions, and the barriers between each two."""
    surfaces = [Wanted(joined.surface, (family, size, height)) for size in joined.SIZES]
    names = [name for name in joined.heights(family.recipe) if name.endswith("loss")]
    lines = [Wanted(joined.line, (family, pair, name)) for pair in joined.PAIRS for name in names]
    wanted = [surfaces[0], *lines, *surfaces[1:]]
    found = gathered(wanted, (family, height), "between", place, lambda: _("The plane becomes finer"))
    reached = joined.finest(family, height)
    if reached is None:
        st.caption(between_words.planned(family, 3))
        return
    panels = between_pictures.plane(family, height, reached[1])
    st.markdown(between_words.plane(family))
    plot("between-plane", panels, columns=(1, 1.05), height=420)
    if all(each.kept() is not None for each in lines):
        st.markdown(between_words.table(family))
        st.markdown(between_words.apart(family))
    if all(each is not None for each in found):
        sharing.bar("networks", **between_files.plane(family, height, panels))


def _together(recipe: Recipe, place: Any) -> None:
    """The barrier against how long the two were trained together."""
    families = [Family(recipe, "order", each) for each in joined.compared(recipe)]
    reason = joined.refused(families[0])
    if reason:
        st.error(between_words.refusal(reason))
        return
    trainings = [joined.training(family, index) for family in families for index in (0, 1)]
    found = gathered(trainings, recipe, "between", place, lambda: _("Training the pairs"))
    ready = [family for family in families if all(joined.is_there(family, index) for index in (0, 1))]
    ready = [family for family in ready if all(joined.is_finite(family, index) for index in (0, 1))]
    lines = [
        Wanted(joined.line, (family, (0, 1), name)) for family in ready for name in ("loss", "held_out_loss")
    ]
    if all(each is not None for each in found):
        if not ready:
            st.error(_("A training diverged: there is no line to its end. Take a smaller η."))
            return
        gathered(lines, recipe, "between", place, lambda: _("Following the lines"))
    panels = between_pictures.together(recipe, families)
    st.markdown(between_words.together(families))
    plot("between-together", panels, columns=(1,), height=400)
    st.caption(between_words.how_together(recipe))
    if all(each.kept() is not None for each in lines) and len(ready) == len(families):
        sharing.bar("networks", **between_files.together(recipe, families, panels))
