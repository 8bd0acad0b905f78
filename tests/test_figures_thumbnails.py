"""Thumbnails: what a small picture shows is what its figure says."""

import base64
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from urllib.parse import unquote

import numpy as np
import pytest

from landscape.figures import schedule_curve, steps_map, sweep_curve, thumbnail

SVG = "{http://www.w3.org/2000/svg}"
OUTCOMES = ["crawls", "converges", "oscillates", "diverges"]


def drawn(figure, **settings):
    """The picture's elements."""
    return ET.fromstring(unquote(thumbnail(figure, **settings).removeprefix("data:image/svg+xml,")))


def pixels(root):
    """The colours of the embedded image, rows from the top, as a PNG reader sees them."""
    data = base64.b64decode(root.find(f".//{SVG}image").attrib["href"].partition(",")[2])
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, place = {}, 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + body)
        chunks[kind] = body
        place += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width)
    return np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)[lines[:, 1:]]


def map_of(steps, outcomes, logs=(True, False)):
    return steps_map(
        [0.01, 0.1, 1.0],
        [0.0, 0.5],
        steps,
        outcomes,
        titles=("η", "β", "steps"),
        words={"never": "never", "diverges": "diverges"},
        num_steps=100,
        logs=logs,
    )


def test_a_map_stands_as_its_figure_does():
    figure = map_of([[5, 50, -1], [100, 20, 10]], [["converges"] * 2 + ["diverges"], ["converges"] * 3])
    colours = pixels(drawn(figure))
    rows, columns, _ = colours.shape
    corner = colours[-rows // 6, columns * 5 // 6]
    assert corner.max() < 60, "what diverges is dark, at the lower right"
    few, many = colours[-rows // 6, columns // 6].sum(), colours[rows // 6, columns // 6].sum()
    assert few > many, "few steps are bright, at the lower left"


def test_a_line_runs_where_its_figure_has_it():
    figure = schedule_curve([1.0, 0.75, 0.5, 0.25], titles=("step", "rate"), clock_range=(0, 4))
    root = drawn(figure, width=400, height=100)
    (line,) = [each for each in root.iter(f"{SVG}path") if "L" in each.attrib["d"]]
    places = np.array([[float(part) for part in pair.split(",")] for pair in line.attrib["d"][1:].split("L")])
    low, high = figure["layout"]["yaxis"]["range"]
    assert (np.diff(places[:, 1]) >= 0).all(), "the rate falls, so the line goes down the screen"
    assert places[0, 1] == pytest.approx(100 * (high - 1.0) / (high - low), abs=0.1)


def test_bands_have_their_widths():
    rates = np.geomspace(1e-3, 1.0, 40)
    figure = sweep_curve(
        rates,
        np.geomspace(1, 1e-6, 40),
        np.repeat(OUTCOMES, 10),
        titles=("η", "loss"),
        words={name: name for name in OUTCOMES},
    )
    boxes = [each.attrib for each in drawn(figure).iter(f"{SVG}rect") if "fill-opacity" in each.attrib]
    assert len(boxes) >= 4
    assert sum(float(box["width"]) for box in boxes[:4]) == pytest.approx(320, abs=1)
    assert len({box["fill"] for box in boxes[:4]}) == 4


def test_a_mark_is_a_ring():
    figure = map_of([[5, 50, 6], [100, 20, 10]], [["converges"] * 3] * 2)
    rings = [each.attrib for each in drawn(figure, marks=[(0.1, 0.25)]).iter(f"{SVG}circle")]
    assert float(rings[0]["cx"]) == pytest.approx(160, abs=0.2)
    assert float(rings[0]["cy"]) == pytest.approx(100, abs=0.2)


def test_a_figure_without_ranges_is_refused():
    with pytest.raises(ValueError, match="must have a range of its xaxis"):
        thumbnail({"data": [], "layout": {"xaxis": {}, "yaxis": {"range": [0, 1]}}})


def test_it_is_small_and_asks_nobody():
    text = thumbnail(map_of([[5, 50, 6], [100, 20, 10]], [["converges"] * 3] * 2))
    assert len(text) < 20_000
    assert set(re.findall(r"https?://([\w.-]+)", text)) == {"www.w3.org"}


def test_dots_stand_where_the_points_are():
    axes = {"range": [0, 10]}
    cloud = {"type": "scatter", "mode": "markers", "x": [1, 9], "y": [2, 5], "marker": {"color": "#0072b2"}}
    beyond = {**cloud, "marker": {"color": "#d55e00", "symbol": "triangle-up"}}
    root = drawn({"data": [cloud, beyond], "layout": {"xaxis": axes, "yaxis": axes}}, width=100, height=100)
    (dots,) = [path for path in root.iter(f"{SVG}path") if path.get("stroke-linecap") == "round"]
    assert dots.get("stroke") == "#0072b2"
    assert re.findall(r"M(\d+),(\d+)h0", dots.get("d")) == [("10", "80"), ("90", "50")]


def test_a_line_is_broken_where_a_point_is_missing():
    line = {"type": "scatter", "x": [0, 1, None, 2, 3], "y": [0, 1, None, 2, 3], "mode": "lines"}
    axis = {"range": [0, 3]}
    (path,) = drawn({"data": [line], "layout": {"xaxis": axis, "yaxis": axis}}).findall(
        f".//{SVG}g/{SVG}path"
    )
    assert [path.attrib["d"].count(letter) for letter in "ML"] == [2, 2]
