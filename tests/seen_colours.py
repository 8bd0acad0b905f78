"""What colours a reader sees: those of a heat map's cells, their lightness, and how far two are apart."""

from itertools import pairwise

import numpy as np

# Machado, Oliveira, Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def channels(colour):
    """Red, green and blue of a hex colour or of Plotly's rgba, 0 to 255."""
    if colour.startswith("rgba"):
        return tuple(float(part) for part in colour[5:-1].split(",")[:3])
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def colour_at(trace, row, column):
    """The colour of a cell, by linear interpolation in the trace's colour scale."""
    part = np.clip((float(trace.z[row][column]) - trace.zmin) / (trace.zmax - trace.zmin), 0.0, 1.0)
    for (first, before), (last, after) in pairwise(trace.colorscale):
        if first <= part <= last and last > first:
            share = (part - first) / (last - first)
            return tuple(a + (b - a) * share for a, b in zip(channels(before), channels(after), strict=True))
    raise AssertionError(f"no colour at {part}")


def linear(colour):
    part = np.asarray(colour, dtype=float) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def light(colour):
    """Relative luminance (WCAG 2), 0 to 1."""
    return float(np.dot(XYZ[1], linear(colour)))


def contrast(first, second):
    """The contrast of two colours (WCAG 2), at least 1."""
    low, high = sorted([light(first), light(second)])
    return (high + 0.05) / (low + 0.05)


def distance(first, second, vision="normal"):
    """The distance of two colours in CIELAB (CIE 1976), as a reader of this vision sees them."""
    places = []
    for colour in (first, second):
        seen = np.clip(VISION[vision] @ linear(colour), 0, 1)
        part = XYZ @ seen / WHITE
        root = np.where(part > 216 / 24389, np.cbrt(part), (24389 / 27 * part + 16) / 116)
        places.append(np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])]))
    return float(np.linalg.norm(places[0] - places[1]))
