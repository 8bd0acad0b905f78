"""The fractal border: where training converges, over two rates, at any scale."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from landscape import figures
from landscape.figures import Figure
from landscape.figures.heights import number
from landscape.objectives import Domain
from landscape.studio import bordered, controls, exports, later, links, scripts, sharing
from landscape.studio.bordered import SIZES, Setting
from landscape.studio.choosing import renew
from landscape.studio.panels import Panel
from landscape.studio.plot import Window, plot
from landscape.studio.shared import shared
from landscape.studio.texts import _, language
from landscape.sweeps import AXES, BorderDimension, border_dimension

MAPS = {"rates": ("inner_rate", "outer_rate"), "start": ("rate", "scale")}
"""What the axes of each map are."""

FARTHEST = 6.0
"""Powers of ten beyond which no window reaches."""

NARROWEST = 512 * 16 * np.spacing(FARTHEST)
"""Width of a window below which float64 does not tell the cells of the finest map apart."""

MEASURABLE = 128
"""Cells along each axis that counting boxes needs at least: three sizes of boxes."""

STOPPED, SHOWN, WINDOWS = "border-stopped", "border-shown", "border-windows"
"""Where a session keeps what it has stopped, and of each map its window and the windows it came from."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""
    with st.sidebar:
        kinds = {"rates": _("Two rates"), "start": _("Rate and start")}
        kind = controls.segments(_("Map"), "map", kinds, "rates")
        activations = {"tanh": "tanh", "relu": "ReLU", "identity": _("linear")}
        activation = controls.choice(
            _("Activation"), "activation-border", list(activations), titles=activations
        )
        seed = controls.whole(
            _("Seed"), "seed-border", 7, 0, 9999, help=_("Of the data and of the weights at the start.")
        )
        sizes = {str(size): f"{size}²" for size in SIZES}
        detail = int(controls.segments(_("Detail"), "detail", sizes, "256"))
        window = _window(kind)
        _ways_back(kind, window)
    links.show_notes(st)

    def zoomed(window: Window) -> None:
        _zoom(kind, window)

    setting = Setting(MAPS[kind], activation, seed, window)
    reached = bordered.reached(setting, detail)
    found = bordered.whole(setting, reached)
    panels = [
        Panel(
            "border",
            _map(setting, reached, language()),
            "chart",
            _("Where training converges and where it diverges. Drag a rectangle to zoom in."),
            zoomable=True,
        )
    ]
    dimension = _dimension(setting, reached)
    if dimension is not None:
        panels.append(
            Panel(
                "dimension",
                _fit(setting, reached, language()),
                "plain",
                _("Boxes that cover the border against their size."),
                title=_("Boxes that cover the border"),
            )
        )
    plot("border", panels, on_window=zoomed, columns=(1.55, 1), lead=False, height=470)
    place = st.container(horizontal=True, vertical_alignment="center")
    st.markdown(_words(found.converged, dimension))
    sharing.bar("rates", **_offers(setting, reached, panels))
    if reached < detail:
        _refine(setting, reached, place)
    return ["map", "activation-border", "seed-border", "detail", "window"]


def _window(kind: str) -> Domain:
    """The window that the link or the last zoom asks for."""
    default = [repr(limit) for name in MAPS[kind] for limit in AXES[name].extent]
    shown = st.session_state.setdefault(SHOWN, {})
    renew("window-of", kind, {"window": shown.get(kind, default)})
    value = links.settle("window", _read_window, default, _is_window)
    links.show("window", value, default)
    shown[kind] = value
    left, right, bottom, top = (float(text) for text in value)
    return (left, right), (bottom, top)


def _read_window(texts: list[str]) -> list[str]:
    parts = texts[-1].split(",")
    try:
        limits = [float(part) for part in parts]
    except ValueError:
        limits = []
    if len(limits) != 4 or not np.isfinite(limits).all():
        reason = _("“{value}” is not four numbers: left, right, bottom, top")
        raise links.UnusableError(reason.format(value=links.quoted(texts[-1])))
    if max(map(abs, limits)) > FARTHEST:
        raise links.UnusableError(_("the window reaches beyond ±{limit}").format(limit=f"{FARTHEST:g}"))
    if not all(high - low >= NARROWEST for low, high in (limits[:2], limits[2:])):
        reason = _("the window is reversed, or narrower than the {limit} that float64 resolves")
        raise links.UnusableError(reason.format(limit=f"{NARROWEST:.1g}"))
    return [repr(limit) for limit in limits]


def _is_window(value: Any) -> bool:
    try:
        return bool(isinstance(value, list) and _read_window([",".join(value)]))
    except links.UnusableError:
        return False


def _zoom(kind: str, window: Window) -> None:
    """Look closer, or where an axis was dragged; a window that is too small stays as it was."""
    moved = [_within(*interval) for interval in (window.x, window.y)]
    wanted = [_short(limit, high - low) for low, high in moved for limit in (low, high)]
    if _is_window(wanted):
        _came_from(kind).append(st.session_state["window"])
        st.session_state["window"] = wanted
    else:
        st.toast(
            _("No closer: float64 cannot tell the cells of so small a window apart."),
            icon=":material/zoom_in:",
        )


def _came_from(kind: str) -> list[list[str]]:
    """The windows of a map that lead back from the one that is shown."""
    windows: dict[str, list[list[str]]] = st.session_state.setdefault(WINDOWS, {})
    return windows.setdefault(kind, [])


def _within(low: float, high: float) -> tuple[float, float]:
    """The interval moved, and shortened if need be, so that it lies within the limits.

    Example:
        >>> _within(-7.0, -5.0), _within(-1.0, 20.0), _within(0.0, 1.0)
        ((-6.0, -4.0), (-6.0, 6.0), (0.0, 1.0))
    """
    if low >= -FARTHEST and high <= FARTHEST:
        return low, high
    width = min(high - low, 2 * FARTHEST)
    low = min(max(low, -FARTHEST), FARTHEST - width)
    return low, min(low + width, FARTHEST)


def _short(limit: float, width: float) -> str:
    """A limit with no more digits than a picture of that width can show."""
    return repr(round(float(limit), 4 - math.floor(math.log10(width))))


def _ways_back(kind: str, window: Domain) -> None:
    """Buttons that undo the last zoom, or all of them."""
    whole = tuple(AXES[name].extent for name in MAPS[kind])
    came_from = _came_from(kind)

    def back() -> None:
        st.session_state["window"] = came_from.pop()

    def out() -> None:
        came_from.clear()
        st.session_state["window"] = [repr(limit) for extent in whole for limit in extent]

    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Back"), on_click=back, disabled=not came_from, icon=":material/undo:", width=controls.HALF
        )
        st.button(_("Whole map"), on_click=out, disabled=window == whole, width=controls.HALF)
    (left, right), *_others = whole
    zoom = (right - left) / (window[0][1] - window[0][0])
    if zoom > 1:
        st.caption(_("Zoom {factor}×").format(factor=number(zoom)))


def _refine(setting: Setting, reached: int, place: Any) -> None:
    """Go on to the next finer map when the page is drawn, unless the reader has stopped it."""
    following = SIZES[SIZES.index(reached) + 1]

    def stop() -> None:
        st.session_state[STOPPED] = setting

    def go_on() -> None:
        st.session_state[STOPPED] = None

    if st.session_state.get(STOPPED) == setting:
        place.button(_("Go on"), on_click=go_on, icon=":material/play_arrow:")
        place.caption(_("Stopped at {size}² cells.").format(size=reached))
        return
    place.button(_("Stop"), on_click=stop, icon=":material/stop:")
    words = _("Refining to {size}² cells").format(size=following)
    bar = place.progress(0.0, words)

    def work() -> None:
        rows, parts = bordered.strips(following), []
        for each in rows:
            parts.append(bordered.strip(setting, following, each))
            bar.progress(len(parts) / len(rows), words)
        bordered.keep(setting, following, parts)
        later.again()

    later.go_on(work)


def titles() -> dict[str, str]:
    """What stands at each axis."""
    return {
        "inner_rate": _("log₁₀ η of the inner layer"),
        "outer_rate": _("log₁₀ η of the outer layer"),
        "rate": _("log₁₀ η of both layers"),
        "scale": _("log₁₀ of the first weights’ size"),
    }


@shared(maxsize=32)
def _map(setting: Setting, size: int, code: str) -> Figure:
    """The map; its values are means over all steps: harmonic ones of the runs that diverge."""
    found = bordered.whole(setting, size)
    # Of a run that diverges the shade is small where that was soon: its inverse is far from the border.
    with np.errstate(divide="ignore"):
        shade = np.where(found.converged, found.shade, 1 / found.shade)
    across, up = (titles()[name] for name in setting.axes)
    return figures.trainability_map(
        found.x,
        found.y,
        shade,
        found.converged,
        titles=(across, up, _("loss / first loss, on average")),
        words={"converges": _("converges"), "diverges": _("diverges")},
        logs=(False, False),
    )


@shared(maxsize=64)
def _dimension(setting: Setting, size: int) -> BorderDimension | None:
    """The dimension of the border; None where there is none, or the map is too coarse."""
    converged = bordered.whole(setting, size).converged
    if size < MEASURABLE or converged.all() or not converged.any():
        return None
    return border_dimension(converged)


@shared(maxsize=32)
def _fit(setting: Setting, size: int, code: str) -> Figure:
    found = _dimension(setting, size)
    assert found is not None
    return figures.dimension_fit(
        found.sizes,
        found.counts,
        found.dimension,
        titles=(_("side of a box, in cells"), _("boxes")),
        error=found.error,
    )


def _words(converged: np.ndarray, dimension: BorderDimension | None) -> str:
    """What the map says in numbers."""
    share = _("{share} % of the {count} runs converge.").format(
        share=number(100 * float(converged.mean())), count=f"{converged.size:,}"
    )
    if converged.all() or not converged.any():
        return share + " " + _("There is no border in this window.")
    if dimension is None:
        return share + " " + _("Its border is measured on a finer map.")
    found = _("**The border has the dimension {dimension} ± {error}**, by counting boxes.").format(
        dimension=f"{dimension.dimension:.3f}", error=f"{dimension.error:.3f}"
    )
    return f"{found} {share}"


def _offers(setting: Setting, size: int, panels: Sequence[Panel]) -> exports.Offers:
    def arrays() -> dict[str, Any]:
        found = bordered.whole(setting, size)
        return {
            setting.axes[0]: found.x,
            setting.axes[1]: found.y,
            "final_over_first_loss": found.values,
            "converged": found.converged,
            "shade": found.shade,
        }

    def columns() -> dict[str, Any]:
        found = bordered.whole(setting, size)
        x, y = np.meshgrid(found.x, found.y)
        return {
            setting.axes[0]: x.ravel(),
            setting.axes[1]: y.ravel(),
            "final_over_first_loss": found.values.ravel(),
            "converged": found.converged.ravel().astype(int),
        }

    return exports.offers(
        panels,
        (),
        _("Fractal border"),
        arrays=arrays,
        columns=columns,
        script=lambda: _program(setting, size),
        lead=False,
    )


def _program(setting: Setting, size: int) -> str:
    lines = [
        "from landscape.sweeps import border_dimension",
        "found = landscape.trainability(",
        f"    x={setting.axes[0]!r}, y={setting.axes[1]!r}, extent={setting.window!r},",
        f"    resolution={size}, num_steps={bordered.STEPS}, activation={setting.activation!r}, "
        f"seed={setting.seed},",
        ")",
        'print(f"{found.converged.mean():.6g} of the runs converge")',
        "if 0 < found.converged.mean() < 1:",
        '    print(f"dimension {border_dimension(found.converged).dimension:.6g}")',
    ]
    return scripts.script([], lines)
