"""Sketches: a landscape and its paths as a small picture that needs no plotting library."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from urllib.parse import quote

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.figures.colours import HEIGHT_COLOURS, NO_VALUE
from landscape.figures.heights import Heights, Scale, measure
from landscape.figures.isolines import isolines
from landscape.figures.landscapes import grid

# Points along the wider side of the map, which the browser enlarges smoothly, and its most characters: where
# the first needs more, the next is taken.
MAP_POINTS, MAP_BUDGET = (100, 84, 72), 13_500
# The same of the grid of the contour lines, and how many there are.
LINES_POINTS, LINES_BUDGET, NUM_LINES = 97, 7_000, (9, 6, 4, 2)
# Of one crossing of a contour line with a line of the grid, at least.
CHARACTERS = 3
# How much the slope darkens and lightens, and the slope (heights per width) that does half of it.
RELIEF, SLOPE = 0.36, 8.0
# How far colours go from equal steps of height toward equal areas.
BALANCE, BINS, CONTRAST = 0.6, 64, 5.0


def sketch(
    x: ArrayLike,
    y: ArrayLike,
    values: ArrayLike,
    paths: Sequence[tuple[ArrayLike, str]] = (),
    width: int = 320,
    height: int = 200,
    dark: bool = False,
    *,
    scale: Scale = "linear",
    floor: float | None = None,
) -> str:
    """A landscape from above, lit from the upper left, with contour lines and paths, as an SVG data URI.

    Args:
        x: the horizontal parameter (nx,), increasing in equal steps.
        y: the vertical parameter (ny,), increasing in equal steps.
        values: losses (ny, nx); `values[i, j]` belongs to (x[j], y[i]). Non-finite ones are grey.
        paths: pairs of positions (T + 1, 2) and a CSS colour. A path ends before its first position that is
            not finite; its start is a white dot, its end a dot of its colour. A closed line has neither.
        width: width in CSS pixels, from 16 to 4096.
        height: height in CSS pixels, from 16 to 4096.
        dark: whether the page is dark, for the thin frame.
        scale: "linear", or "log" for log10(loss - floor).
        floor: the known minimum, subtracted on the log scale; by default the smallest loss of the grid.

    Returns:
        "data:image/svg+xml,...", in general 10 to 22 kB.

    Raises:
        ValueError: where the shapes do not agree, or a size, `scale` or `floor` is not allowed.

    Example:
        >>> sketch([0, 1, 2], [0, 1], [[0, 1, 4], [1, 2, 5]], [([[2, 1], [0, 0]], "#D55E00")])[:19]
        'data:image/svg+xml,'
    """
    horizontal, vertical, losses = grid(x, y, values)
    for name, size in {"width": width, "height": height}.items():
        if not 16 <= size <= 4096:
            raise ValueError(f"`{name}` must be from 16 to 4096, got {size}.")
    shown = measure(losses, scale=scale, floor=floor)
    # Rows from the top of the picture to its bottom.
    heights = _balanced(shown(losses)[::-1], shown)
    image = _image(heights, width, height)
    thin = _resample(heights, LINES_POINTS, width, height)
    box = (horizontal[0], horizontal[-1], vertical[0], vertical[-1])
    frame = "rgba(255,255,255,.25)" if dark else "rgba(0,0,0,.2)"
    tracks = "".join(
        _track(number, points, colour, box, (width, height)) for number, (points, colour) in enumerate(paths)
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
        f"viewBox='0 0 {width} {height}'>"
        f"<clipPath id='c'><rect width='{width}' height='{height}' rx='8'/></clipPath><g clip-path='url(#c)'>"
        f"<image width='{width}' height='{height}' preserveAspectRatio='none' "
        f"href='data:image/png;base64,{image}'/>"
        f"{_lines(thin, (width, height))}"
        f"<g fill='none' stroke-linejoin='round' stroke-linecap='round'>{tracks}</g></g>"
        f"<rect x='.5' y='.5' width='{width - 1}' height='{height - 1}' rx='7.5' fill='none' "
        f"stroke='{frame}'/></svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe="/:;,=+()'")


def _balanced(heights: NDArray[np.float64], shown: Heights) -> NDArray[np.float64]:
    """Heights from 0 to 1, halfway to equal areas of each: a sketch has no colour bar to be true to.

    Equalization of the histogram with limited contrast (Pizer and others, 1987,
    doi:10.1016/S0734-189X(87)80186-X): what the fullest bins have above the limit is given to all alike, so
    that a plain stays plain.
    """
    part = np.clip((heights - shown.low) / (shown.high - shown.low), 0.0, 1.0)
    counts, edges = np.histogram(part[np.isfinite(part)], bins=BINS, range=(0.0, 1.0))
    shares = counts / max(counts.sum(), 1)
    limited = np.minimum(shares, CONTRAST / BINS)
    limited += (1.0 - limited.sum()) / BINS
    return (1.0 - BALANCE) * part + BALANCE * np.interp(part, edges, np.append(0.0, np.cumsum(limited)))


def _image(heights: NDArray[np.float64], width: int, height: int) -> str:
    """The map as base64, as fine as the budget allows."""
    image = ""
    for points in MAP_POINTS:
        image = base64.b64encode(_png(_shaded(_resample(heights, points, width, height)))).decode()
        if len(image) <= MAP_BUDGET:
            break
    return image


def _resample(values: NDArray[np.float64], points: int, width: int, height: int) -> NDArray[np.float64]:
    """Bilinear interpolation at `points` along the wider side; NaN spreads to the cells beside it."""
    rows, columns = (max(2, round(points * size / max(width, height))) for size in (height, width))
    down = np.linspace(0, values.shape[0] - 1, rows)
    across = np.linspace(0, values.shape[1] - 1, columns)
    top = np.minimum(down.astype(np.int64), values.shape[0] - 2)
    left = np.minimum(across.astype(np.int64), values.shape[1] - 2)
    below, right = (down - top)[:, None], across - left
    upper = values[top][:, left] * (1 - right) + values[top][:, left + 1] * right
    lower = values[top + 1][:, left] * (1 - right) + values[top + 1][:, left + 1] * right
    return upper * (1 - below) + lower * below


def _shaded(part: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colours (rows, columns, 3) by height, darker on slopes to the lower right, lighter on others."""
    known = np.isfinite(part)
    filled = np.where(known, part, 0.0)
    down, across = np.gradient(filled)
    slope = (across + down) * max(filled.shape) / SLOPE
    light = RELIEF * (slope / np.sqrt(1.0 + slope**2))[..., None]
    stops = np.array([_rgb(colour) for colour in HEIGHT_COLOURS], dtype=np.float64)
    places = np.linspace(0.0, 1.0, len(stops))
    base = np.stack([np.interp(filled, places, stops[:, band]) for band in range(3)], axis=-1)
    lit = np.where(light < 0, base * (1.0 + light), base + (255.0 - base) * light)
    return np.round(np.where(known[..., None], lit, _rgb(NO_VALUE))).astype(np.uint8)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """An image of colours (rows, columns, 3): PNG (ISO/IEC 15948), each pixel less the one above it."""
    rows, columns, _ = pixels.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    # Filter type 2, "up", modulo 256; the first row has nothing above it.
    above = np.concatenate([np.zeros_like(pixels[:1]), pixels[:-1]])
    lines = np.full((rows, 1 + 3 * columns), 2, np.uint8)
    lines[:, 1:] = (pixels - above).reshape(rows, -1)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9))
        + chunk(b"IEND", b"")
    )


def _lines(values: NDArray[np.float64], size: tuple[int, int]) -> str:
    """Contour lines, light below the middle height and dark above, as many as the budget allows."""
    scale = np.array([size[0] / (values.shape[1] - 1), size[1] / (values.shape[0] - 1)])
    for count in NUM_LINES:
        levels = np.arange(1, count + 1) / (count + 1)
        above = values[..., None] >= levels
        crossings = sum(np.count_nonzero(np.diff(above, axis=axis)) for axis in (0, 1))
        if CHARACTERS * crossings > LINES_BUDGET:
            continue
        paths = []
        for number, level in enumerate(levels, start=1):
            text = "".join(
                _steps(line * scale, closed=bool((line[0] == line[-1]).all()))
                for line in isolines(values, float(level))
            )
            stroke = "#fff" if number < 0.55 * (count + 1) else "#000"
            paths.append(f"<path d='{text}' stroke='{stroke}'/>" if text else "")
        drawn = "".join(paths)
        if len(drawn) <= LINES_BUDGET:
            return f"<g fill='none' stroke-opacity='.32' stroke-width='.8'>{drawn}</g>"
    return ""


def _steps(points: NDArray[np.float64], *, closed: bool = False, least: float = 1.2) -> str:
    """An SVG path of relative steps in tenths of a pixel, none shorter than `least` pixels but the last."""
    kept = [points[0]]
    for point in points[1:-1]:
        if np.abs(point - kept[-1]).max() >= least:
            kept.append(point)
    if not closed:
        kept.append(points[-1])
    tenths = np.round(10 * np.array(kept)).astype(np.int64)
    moves = np.diff(tenths, axis=0)
    moves = moves[np.abs(moves).any(axis=1)]
    if moves.size == 0 or (closed and len(moves) < 2):
        return ""
    # Commas, since a space is three characters of an address.
    start = f"M{_tenth(tenths[0, 0])},{_tenth(tenths[0, 1])}"
    steps = ",".join(f"{_tenth(across)},{_tenth(down)}" for across, down in moves.tolist())
    return f"{start}l{steps}".replace(",-", "-") + ("z" if closed else "")


def _tenth(number: int) -> str:
    text = f"{number / 10:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _track(
    number: int,
    points: ArrayLike,
    colour: str,
    box: tuple[float, float, float, float],
    size: tuple[int, int],
) -> str:
    """A path with a dark rim and, if it is not closed, a dot at its start and one at its end."""
    places = np.asarray(points, dtype=np.float64)
    if places.ndim != 2 or places.shape[1] != 2:
        raise ValueError(f"`paths` must hold positions of the shape (T + 1, 2), got {places.shape}.")
    bad = ~np.isfinite(places).all(axis=1)
    if bad.any():
        places = places[: int(bad.argmax())]
    if places.size == 0:
        return ""
    left, right, low, high = box
    parts = np.stack([(places[:, 0] - left) / (right - left), (high - places[:, 1]) / (high - low)], axis=-1)
    # A diverging path leaves the picture; how far does not matter.
    pixels = np.clip(parts, -20.0, 20.0) * np.array(size)
    steps = _steps(pixels, least=0.8) if len(pixels) > 1 else ""
    start, end = (f"cx='{place[0]:.1f}' cy='{place[1]:.1f}'" for place in (pixels[0], pixels[-1]))
    paint = quote(colour, safe="#(),. %")
    line = (
        f"<defs><path id='t{number}' d='{steps}'/></defs>"
        f"<use href='#t{number}' stroke='#000' stroke-opacity='.6' stroke-width='4'/>"
        f"<use href='#t{number}' stroke='{paint}' stroke-width='2.4'/>"
    )
    if len(places) > 2 and (places[0] == places[-1]).all():
        return line if steps else ""
    return (
        (line if steps else "")
        + f"<circle {start} r='4' fill='#fff' stroke='#1a1a1a' stroke-width='1.5'/>"
        + f"<circle {end} r='4.5' fill='{paint}' stroke='#fff' stroke-width='1.5'/>"
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue
