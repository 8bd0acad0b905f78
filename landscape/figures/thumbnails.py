"""Thumbnails: a chart or a map of this package as a small picture that needs no plotting library."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.axes import Figure, Trace

# Pixels along the wider side of a map, and shades of its colours: what twenty kilobytes hold.
MAP_POINTS, SHADES = 168, 48
# Lines are drawn with so many points at most, and so many dots.
LINE_POINTS, DOTS = 240, 150
GROUND = "#ffffff"
# A tint that is faint behind a chart's lines is so much stronger where there is nothing to be read.
BOLD = 2.5


def thumbnail(figure: Figure, width: int = 320, height: int = 200, *, marks: ArrayLike = ()) -> str:
    """The map, the bands and the lines of a figure without its axes and words, as an SVG data URI.

    Args:
        figure: a Plotly figure as plain data, whose axes have ranges: the first heat map, the filled areas,
            the lines, the dots and the rectangles are drawn.
        width: width in CSS pixels.
        height: height in CSS pixels.
        marks: points to be marked by a ring (k, 2), in data coordinates.

    Returns:
        "data:image/svg+xml,...".

    Raises:
        ValueError: where an axis has no range.

    Example:
        >>> from landscape.figures import schedule_curve
        >>> thumbnail(schedule_curve([1.0, 0.5], titles=("step", "rate"), clock_range=(0, 2)))[:19]
        'data:image/svg+xml,'
    """
    frame = _Frame(figure["layout"], (width, height))
    parts = [f"<rect width='{width}' height='{height}' fill='{GROUND}'/>"]
    maps = [trace for trace in figure["data"] if trace["type"] == "heatmap"]
    parts += [_map(trace, frame) for trace in maps[:1]]
    parts += [_rectangle(shape, frame) for shape in figure["layout"].get("shapes", ())]
    for trace in figure["data"]:
        if trace["type"] == "scatter":
            parts += [_line(trace, frame), _dots(trace, frame)]
    for point in np.asarray(marks, dtype=np.float64).reshape(-1, 2):
        (x, y) = frame.place(*point[:, None])[0]
        parts.append(
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='6' fill='none' stroke='#000' stroke-width='5'/>"
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='6' fill='none' stroke='#fff' stroke-width='2.5'/>"
        )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
        f"viewBox='0 0 {width} {height}'>"
        f"<clipPath id='c'><rect width='{width}' height='{height}' rx='8'/></clipPath>"
        f"<g clip-path='url(#c)' stroke-linejoin='round'>{''.join(parts)}</g>"
        f"<rect x='.5' y='.5' width='{width - 1}' height='{height - 1}' rx='7.5' fill='none' "
        f"stroke='rgba(0,0,0,.2)'/></svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe="/:;,=+()'")


class _Frame:
    """From data coordinates to pixels."""

    def __init__(self, layout: dict[str, Any], size: tuple[int, int]):
        self.size = size
        self.axes = []
        for name in ("xaxis", "yaxis"):
            settings = layout.get(name, {})
            if "range" not in settings:
                raise ValueError(f"`figure` must have a range of its {name}, got none.")
            self.axes.append((settings["range"], settings.get("type") == "log"))

    def place(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
        """Pixels (k, 2) of points, from the upper left corner."""
        found = []
        for values, ((low, high), log), length in zip((x, y), self.axes, self.size, strict=True):
            with np.errstate(all="ignore"):
                data = np.asarray(values, dtype=np.float64)
                data = np.log10(data) if log else data
            found.append((data - low) / (high - low) * length)
        return np.stack([found[0], self.size[1] - found[1]], axis=-1)


def _map(trace: Trace, frame: _Frame) -> str:
    """A heat map as an image of few colours, between the axes' ends."""
    table = np.asarray(trace["z"], dtype=np.float64)
    columns = MAP_POINTS
    rows = round(MAP_POINTS * frame.size[1] / frame.size[0])
    picked = []
    for name, ((low, high), log), count, cells in zip(
        "xy", frame.axes, (columns, rows), table.shape[::-1], strict=True
    ):
        places = _places(trace, name, cells)
        places = np.log10(places) if log else places
        wanted = low + (np.arange(count) + 0.5) / count * (high - low)
        picked.append(np.abs(places[None] - wanted[:, None]).argmin(axis=1))
    shown = table[picked[1][::-1]][:, picked[0]]
    known = table[np.isfinite(table)]
    low, high = trace.get("zmin", known.min()), trace.get("zmax", known.max())
    part = np.clip((np.nan_to_num(shown, nan=low) - low) / ((high - low) or 1.0), 0.0, 1.0)
    indices = np.rint(part * (SHADES - 1)).astype(np.uint8)
    stops = [float(stop) for stop, _ in trace["colorscale"]]
    colours = np.array([_rgb(str(colour)) for _, colour in trace["colorscale"]], dtype=np.float64)
    shades = np.linspace(0.0, 1.0, SHADES)
    palette = np.stack([np.interp(shades, stops, colours[:, band]) for band in range(3)], axis=-1)
    image = base64.b64encode(_png(indices, np.rint(palette).astype(np.uint8))).decode()
    wide, high_ = frame.size
    return (
        f"<image width='{wide}' height='{high_}' preserveAspectRatio='none' "
        f"href='data:image/png;base64,{image}'/>"
    )


def _places(trace: Trace, axis: str, count: int) -> NDArray[np.float64]:
    """The middles of a map's cells along an axis, which are written out or in equal steps."""
    if axis in trace:
        return np.asarray(trace[axis], dtype=np.float64)
    return np.asarray(trace.get(f"{axis}0", 0.0) + trace.get(f"d{axis}", 1.0) * np.arange(count))


def _png(indices: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """An image of palette colours (rows, columns): PNG (ISO/IEC 15948)."""
    rows, columns = indices.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = np.zeros((rows, 1 + columns), np.uint8)
    lines[:, 1:] = indices
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", palette.tobytes())
        + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9))
        + chunk(b"IEND", b"")
    )


def _rectangle(shape: dict[str, Any], frame: _Frame) -> str:
    """A band that is as high as the picture, or a line across it."""
    (low, high), log = frame.axes[1]
    ends = (10.0**low, 10.0**high) if log else (low, high)
    paper = shape.get("yref") == "paper"
    # On paper only what fills the picture is drawn: strips above it are not.
    if paper and not (0 <= float(shape.get("y0", 0)) < 1):
        return ""
    y0, y1 = ends if paper else (shape["y0"], shape["y1"])
    (left, bottom), (right, top) = frame.place([shape["x0"], shape["x1"]], [y0, y1])
    if shape["type"] == "rect":
        opacity = min(BOLD * shape.get("opacity", 1), 1)
        return (
            f"<rect x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{bottom - top:.1f}' "
            f"fill='{_paint(shape['fillcolor'])}' fill-opacity='{opacity:.2f}'/>"
        )
    return (
        f"<path d='M{left:.1f},{bottom:.1f}L{right:.1f},{top:.1f}' fill='none' "
        f"stroke='{_paint(shape['line']['color'])}' stroke-width='2' {_dashes(shape['line'])}/>"
    )


def _line(trace: Trace, frame: _Frame) -> str:
    """A line of a chart, or the area it encloses."""
    if "lines" not in trace.get("mode", "lines"):
        return ""
    y = np.asarray(trace["y"], dtype=np.float64)
    x = np.asarray(trace["x"] if "x" in trace else np.arange(y.size), dtype=np.float64)
    points = frame.place(x, y)
    if np.isfinite(points).all(axis=1).sum() < 2:
        return ""
    thinned = slice(None, None, max(-(-len(points) // LINE_POINTS), 1))
    points = np.clip(points[thinned], -999, 1999)
    # Where a point is missing the line is broken.
    pieces = np.split(points, np.flatnonzero(~np.isfinite(points).all(axis=1)))
    pieces = [piece[np.isfinite(piece).all(axis=1)] for piece in pieces]
    steps = "M".join(
        "L".join(f"{across:.1f},{down:.1f}" for across, down in piece) for piece in pieces if len(piece)
    )
    if trace.get("fill") == "toself":
        return f"<path d='M{steps}z' fill='{_paint(trace['fillcolor'])}'/>"
    line = trace.get("line", {})
    if not line.get("width", 2):
        return ""
    return (
        f"<path d='M{steps}' fill='none' stroke='{_paint(line.get('color', '#000000'))}' "
        f"stroke-width='{float(line.get('width', 2)) * 1.2:.1f}' {_dashes(line)}/>"
    )


def _dots(trace: Trace, frame: _Frame) -> str:
    """The markers of a chart, all round; not the triangles that point to what lies outside."""
    marker = trace.get("marker", {})
    colour, symbol = marker.get("color", "#000000"), str(marker.get("symbol", "circle"))
    if "markers" not in trace.get("mode", "lines") or not isinstance(colour, str):
        return ""
    if "triangle" in symbol:
        return ""
    points = frame.place(np.asarray(trace["x"], dtype=np.float64), np.asarray(trace["y"], dtype=np.float64))
    points = points[np.isfinite(points).all(axis=1)]
    kept = points if len(points) <= DOTS else points[:: -(-len(points) // DOTS)]
    # A line of no length with round ends is a dot, and many are one path.
    steps = "".join(f"M{across:.0f},{down:.0f}h0" for across, down in np.clip(kept, -999, 1999))
    paint = f"stroke='{_paint(colour)}' stroke-width='6' stroke-linecap='round'"
    return f"<path d='{steps}' {paint}/>" if steps else ""


def _dashes(line: dict[str, Any]) -> str:
    return "" if line.get("dash", "solid") == "solid" else "stroke-dasharray='7 5'"


def _paint(colour: str) -> str:
    return quote(colour, safe="#(),. %")


def _rgb(colour: str) -> tuple[int, int, int]:
    """Of "#rrggbb" or "rgb(r, g, b)"."""
    if colour.startswith("#"):
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    else:
        red, green, blue = (round(float(part)) for part in re.findall(r"[\d.]+", colour)[:3])
    return red, green, blue
