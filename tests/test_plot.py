"""The plot component's Python side: what is refused, and what travels."""

import base64
import dataclasses
import html.parser
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from landscape.studio import server
from landscape.studio.encoding import Serializer, encode, serialize
from landscape.studio.plot import (
    REMEMBERED,
    REMEMBERED_BYTES,
    Click,
    Mark,
    Panel,
    Track,
    Window,
    describe,
    read_click,
    read_window,
    remember,
    standalone_html,
)

FIGURE = {
    "data": [{"type": "heatmap", "z": np.arange(6.0).reshape(2, 3)}],
    "layout": {"title": {"text": "z"}},
}
PANEL = Panel("map", FIGURE, "plane", "A map.", clickable=True)
TRACK = Track(
    "gd",
    "Gradient descent",
    "#e69f00",
    points=np.array([[0.0, 1.0], [2.0, 3.0], [np.inf, np.nan]]),
    losses=np.array([5.0, 4.0, np.inf]),
    evaluations=np.array([0, 1, 3]),
    arrows={"−gradient": np.ones((2, 2))},
    readout={"gradient": np.ones((2, 2)), "damping": np.ones(2), "norm": np.ones(3)},
)


def decoded(spec):
    """An array from its encoding, by NumPy's own reading of the bytes."""
    flat = np.frombuffer(base64.b64decode(spec["bdata"]), np.dtype(spec["dtype"]).newbyteorder("<"))
    return flat.reshape([int(size) for size in str(spec["shape"]).split(",")])


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", ">f8"])
def test_an_array_survives_the_journey(dtype):
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    np.testing.assert_array_equal(decoded(encode(array)), array)


def test_values_that_are_not_finite_survive_in_arrays_and_become_null_alone():
    array = np.array([np.nan, np.inf, -np.inf, 1e300])
    np.testing.assert_array_equal(decoded(encode(array)), array)
    assert json.loads(serialize({"value": np.nan, "other": -np.inf})[1]) == {"value": None, "other": None}


def test_a_view_travels_as_it_is_read():
    array = np.arange(12.0).reshape(3, 4).T[::2]
    np.testing.assert_array_equal(decoded(encode(array)), array)


def test_what_is_not_numbers_travels_as_a_list():
    assert encode(np.array(["a", "b"])) == ["a", "b"]
    assert encode((np.bool_(True), np.float32(0.5), None)) == [True, 0.5, None]


def test_a_figure_is_encoded_once_and_anew_when_it_changes():
    serializer, x = Serializer(kept=2), np.array([1.0, 2.0])
    first = serializer({"x": x, "title": "a"})
    assert first == serialize({"x": x, "title": "a"})
    assert serializer({"x": x, "title": "a"})[1] is first[1]
    assert serializer({"x": x, "title": "b"}) == serialize({"x": x, "title": "b"}) != first
    assert serializer({"x": x + 1, "title": "a"}) == serialize({"x": x + 1, "title": "a"}) != first
    assert serializer({"x": x, "title": "a"})[1] is not first[1], "the oldest is forgotten"


def test_a_figure_is_named_by_its_content():
    same = describe([PANEL], [])[0]["panels"][0]["figure"]
    other = {"data": FIGURE["data"], "layout": {"title": {"text": "w"}}}
    assert describe([PANEL], [TRACK])[0]["panels"][0]["figure"] == same
    assert describe([dataclasses.replace(PANEL, figure=other)], [])[0]["panels"][0]["figure"] != same


def test_a_path_that_changes_leaves_the_figures_name():
    moved = dataclasses.replace(TRACK, points=TRACK.points + 1.0)
    (before, _), (after, parts) = describe([PANEL], [TRACK]), describe([PANEL], [moved])
    assert before["panels"] == after["panels"]
    assert before["tracks"][0]["arrays"] != after["tracks"][0]["arrays"]
    arrays = json.loads(parts[after["tracks"][0]["arrays"]])
    np.testing.assert_array_equal(decoded(arrays["points"]), moved.points)
    np.testing.assert_array_equal(decoded(arrays["arrows"]["−gradient"]), np.ones((2, 2)))
    assert arrays["heights"] is None


def test_the_payload_is_json_without_arrays():
    panel = dataclasses.replace(
        PANEL, marks=[Mark("point", 1, 2, label="start"), Mark("segment", [0, 1], [0, 1])]
    )
    payload, _ = describe([panel], [TRACK], align="evaluations", columns=(2, 1), lead=True, height=500)
    text = json.dumps(payload, allow_nan=False)
    assert len(text) < 8000
    assert (payload["align"], payload["columns"], payload["lead"], payload["height"]) == (
        *("evaluations", [2.0, 1.0], True, 500),
    )
    assert decoded(payload["panels"][0]["marks"][0]["x"]).tolist() == [1.0]


def test_a_cloud_travels_with_its_path_and_threads_once():
    threads = np.full((3, 4, 2), np.nan, np.float32)
    threads[:, :2] = np.arange(12.0).reshape(3, 2, 2)
    cloud = np.arange(20.0).reshape(2, 5, 2) * 1e300  # beyond single precision after the first point
    plane = dataclasses.replace(PANEL, threads=threads, zoomable=True)
    payload, parts = describe([plane], [track(cloud=cloud, cloud_label="noise")])
    [panel], [path] = payload["panels"], payload["tracks"]
    assert panel["zoomable"]
    assert path["cloudLabel"] == "noise"
    np.testing.assert_array_equal(decoded(json.loads(parts[panel["threads"]])), threads)
    single = decoded(json.loads(parts[path["arrays"]])["cloud"])
    np.testing.assert_array_equal(single, np.where(cloud == 0, 0, np.inf).astype(np.float32))
    moved = describe([dataclasses.replace(plane, marks=[Mark("hline", y=2.0)])], [])[0]["panels"][0]
    assert (moved["threads"], moved["figure"]) == (panel["threads"], panel["figure"])
    assert describe([plane], [])[1][panel["threads"]] is parts[panel["threads"]], "not encoded anew"
    assert describe([PANEL], [TRACK])[0]["panels"][0]["threads"] is None


def test_a_swarm_travels_with_its_path():
    swarm = np.arange(18.0).reshape(3, 3, 2)
    looks = {"swarm_colors": ("#000", "#111", "#222"), "swarm_symbols": ("circle", "square", "circle")}
    payload, parts = describe([PANEL], [track(swarm=swarm, **looks)])
    [path] = payload["tracks"]
    assert (path["swarmColors"], path["swarmSymbols"]) == tuple(map(list, looks.values()))
    sent = json.loads(parts[path["arrays"]])["swarm"]
    assert sent["dtype"] == "f4"
    np.testing.assert_array_equal(decoded(sent), swarm)


def test_ground_and_steps_travel_with_their_path():
    grounded = track(heights=np.ones(3), ground=np.array([0.5, np.nan, 2.0]), steps=np.array([0, 28, 56]))
    payload, parts = describe([PANEL], [grounded])
    arrays = json.loads(parts[payload["tracks"][0]["arrays"]])
    np.testing.assert_array_equal(decoded(arrays["ground"]), [0.5, np.nan, 2.0])
    np.testing.assert_array_equal(decoded(arrays["steps"]), [0.0, 28.0, 56.0])
    payload, parts = describe([PANEL], [TRACK])
    arrays = json.loads(parts[payload["tracks"][0]["arrays"]])
    assert (arrays["ground"], arrays["steps"]) == (None, None)


def test_a_line_across_needs_only_its_number():
    chart = dataclasses.replace(PANEL, role="chart", marks=[Mark("vline", x=0.1), Mark("hline", y=2)])
    vline, hline = describe([chart], [])[0]["panels"][0]["marks"]
    assert (decoded(vline["x"]).tolist(), decoded(vline["y"]).tolist()) == ([0.1], [])
    assert (decoded(hline["x"]).tolist(), decoded(hline["y"]).tolist()) == ([], [2.0])


def track(**changes):
    return dataclasses.replace(TRACK, **changes)


def panel(**changes):
    return dataclasses.replace(PANEL, **changes)


@pytest.mark.parametrize(
    ("panels", "tracks", "settings", "message"),
    [
        ([PANEL, PANEL], [], {}, "`panels` must have different names, got map"),
        ([PANEL], [TRACK, TRACK], {}, "`tracks` must have different names, got gd"),
        ([PANEL], [], {"align": "time"}, "`align` must be 'step' or 'evaluations', got 'time'"),
        ([PANEL], [], {"columns": ()}, "`columns` must be one or more positive widths"),
        ([PANEL], [], {"columns": (1, float("nan"))}, "`columns` must be one or more positive widths"),
        ([PANEL], [], {"height": 100}, "`height` must be at least 160 pixels, got 100"),
        (
            [PANEL],
            [track(points=np.ones((3, 3)))],
            {},
            r"`points` .* must have the shape \(3, 2\), got \(3, 3\)",
        ),
        ([PANEL], [track(points=np.ones((0, 2)))], {}, "`points` of the path 'gd'"),
        ([PANEL], [track(losses=np.ones(2))], {}, r"`losses` .* must have the shape \(3,\), got \(2,\)"),
        ([PANEL], [track(heights=np.ones(4))], {}, "`heights` of the path 'gd'"),
        ([PANEL], [track(heights=np.ones(3), ground=np.ones(4))], {}, r"`ground` .* \(3,\), got \(4,\)"),
        ([PANEL], [track(ground=np.ones(3))], {}, r"`ground` .* left out where `heights` is, .* \(3,\)"),
        ([PANEL], [track(steps=np.arange(4))], {}, r"`steps` .* must have the shape \(3,\), got \(4,\)"),
        ([PANEL], [track(steps=[0, 2, 2])], {}, "`steps` .* whole numbers from 0 that increase, .* 2, 2"),
        ([PANEL], [track(steps=[0, 0.5, 1])], {}, "`steps` of the path 'gd' must be whole numbers"),
        ([PANEL], [track(steps=[-1, 0, 1])], {}, "`steps` of the path 'gd' must be whole numbers"),
        ([PANEL], [track(steps=[0, 1, np.inf])], {}, "`steps` of the path 'gd' must be whole numbers"),
        ([PANEL], [track(evaluations=np.array([0, 2, 1]))], {}, "`evaluations` .* must not decrease"),
        (
            [PANEL],
            [track(arrows={"v": np.ones((3, 2))})],
            {},
            r"`arrows\['v'\]` .* must have the shape \(2, 2\)",
        ),
        ([PANEL], [track(arrow_labels={"v": "−v"})], {}, "`arrow_labels` .* must name its arrows, got v"),
        ([PANEL], [track(readout={"m": np.ones(5)})], {}, r"`readout\['m'\]` .* must have 2 or 3 rows"),
        (
            [PANEL],
            [track(cloud=np.ones((4, 9, 2)))],
            {},
            r"`cloud` .* a shape \(2 or 3, s, 2\), got",
        ),
        ([PANEL], [track(cloud=np.ones((2, 0, 2)))], {}, "`cloud` of the path 'gd'"),
        ([PANEL], [track(cloud=np.ones((2, 9, 2)))], {}, "`cloud_label` .* must name its cloud, got ''"),
        ([PANEL], [track(swarm=np.ones((2, 9, 2)))], {}, r"`swarm` .* a shape \(3, s, 2\), got \(2, 9, 2\)"),
        ([PANEL], [track(swarm=np.ones((3, 9, 2)))], {}, "`swarm_colors` .* one for each of the 9 points"),
        ([PANEL], [track(swarm_symbols=["ring"])], {}, "`swarm_symbols` .* of the 0 points .* got 1"),
        ([panel(role="map")], [], {}, "`role` of the panel 'map' must be one of plane, scene, .* got 'map'"),
        ([panel(role="curve", zoomable=True)], [], {}, "`zoomable` .* unless its role is plane or chart"),
        ([panel(role="scene", marks=[Mark("point", 1, 2)])], [], {}, "`marks` .* got the role 'scene'"),
        ([panel(role="chart", threads=np.ones((2, 3, 2)))], [], {}, "`threads` .* its role is plane"),
        (
            [panel(threads=np.ones((2, 3)))],
            [],
            {},
            r"`threads` .* a shape \(n, m, 2\) .* got \(2, 3\)",
        ),
        ([panel(threads=np.ones((0, 3, 2)))], [], {}, r"`threads` .* at least 1, got \(0, 3, 2\)"),
        (
            [panel(marks=[Mark("line", 1, 2)])],
            [],
            {},
            "`kind` of a mark .* one of point, .* got 'line'",
        ),
        (
            [panel(marks=[Mark("vline", y=2)])],
            [],
            {},
            r"`x` of a mark 'vline' .* one number, .* \(0,\)",
        ),
        (
            [panel(marks=[Mark("hline", y=[1, 2])])],
            [],
            {},
            r"`y` of a mark 'hline' .* one number, .* \(2,\)",
        ),
        (
            [panel(marks=[Mark("point", 1)])],
            [],
            {},
            r"`x` and `y` of a mark 'point' .* \(1,\) and \(0,\)",
        ),
        ([panel(marks=[Mark("arrow", [], [])])], [], {}, "`x` and `y` of a mark 'arrow'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(panels, tracks, settings, message):
    with pytest.raises(ValueError, match=message):
        describe(panels, tracks, **settings)


@pytest.mark.parametrize(
    ("value", "click"),
    [
        ({"panel": "map", "x": 1, "y": -2.5}, Click("map", 1.0, -2.5)),
        ({"panel": "map", "x": 1, "y": 2, "z": 3}, Click("map", 1.0, 2.0, 3.0)),
        ({"panel": "map", "x": 1, "y": 2, "z": None}, Click("map", 1.0, 2.0)),
        ({"panel": "other", "x": 1, "y": 2}, None),
        ({"panel": "map", "x": 1}, None),
        ({"panel": "map", "y": 1, "z": 2}, None),
        ({"panel": "map", "x": 10**400, "y": 2}, None),
        ({"panel": "map", "x": float("nan"), "y": 2}, None),
        ({"panel": "map", "x": 1, "y": float("inf")}, None),
        ({"panel": "map", "x": [1], "y": 2}, None),
        ({"panel": ["map"], "x": 1, "y": 2}, None),
        ("map", None),
        (None, None),
    ],
)
def test_a_click_is_a_clickable_panel_and_finite_numbers(value, click):
    assert read_click(value, {"map"}) == click


@pytest.mark.parametrize(
    ("value", "window"),
    [
        ({"panel": "map", "x": [0, 1], "y": (-2.5, 1e-3)}, Window("map", (0.0, 1.0), (-2.5, 1e-3))),
        ({"panel": "other", "x": [0, 1], "y": [0, 1]}, None),
        ({"panel": ["map"], "x": [0, 1], "y": [0, 1]}, None),
        ({"panel": "map", "x": [0, 1]}, None),
        ({"panel": "map", "x": [1, 0], "y": [0, 1]}, None),
        ({"panel": "map", "x": [0, 1], "y": [1, 1]}, None),
        ({"panel": "map", "x": [0, 1, 2], "y": [0, 1]}, None),
        ({"panel": "map", "x": "01", "y": [0, 1]}, None),
        ({"panel": "map", "x": ["0", 1], "y": [0, 1]}, None),
        ({"panel": "map", "x": [0, None], "y": [0, 1]}, None),
        ({"panel": "map", "x": [0, float("inf")], "y": [0, 1]}, None),
        ({"panel": "map", "x": [float("nan"), 1], "y": [0, 1]}, None),
        ({"panel": "map", "x": [0, 10**400], "y": [0, 1]}, None),
        ([0, 1], None),
        (None, None),
    ],
)
def test_a_window_is_a_zoomable_panel_and_ordered_finite_numbers(value, window):
    assert read_window(value, {"map"}) == window


class Document(html.parser.HTMLParser):
    """The elements of a document, and the text of its scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.inside = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.inside = tag

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts.append(data)
            self.inside = ""


def test_a_document_of_its_own_asks_for_nothing():
    hostile = track(label="</script><script>alert(1)</script><!--<script>")
    text = standalone_html([PANEL], [hostile], title="a <b> & c")
    document = Document(text)
    tags = [tag for tag, _ in document.elements]
    assert tags.count("script") == 2
    assert "b" not in tags
    assert not any({"src", "href"} & set(attributes) for _, attributes in document.elements)
    assert server.plotly_js().decode()[:200] in text
    arguments = document.scripts[-1].rsplit("render(document.getElementById('plot'), ", 1)[1]
    data, _ = json.JSONDecoder().raw_decode(arguments)
    assert data["tracks"][0]["label"] == hostile.label
    assert set(data["parts"]) == {data["panels"][0]["figure"], data["tracks"][0]["arrays"]}


def korean_page():
    """The page Surfaces of a reader of Korean, as far as its download goes."""
    import streamlit as st

    from landscape.studio import exports
    from landscape.studio.landscapes import FunctionChoice
    from landscape.studio.panels import Panel

    panel = Panel("map", {"data": [], "layout": {}}, "plane", "A map.")
    st.session_state["make"] = exports.surface(FunctionChoice("booth"), [panel], (1.0, 1.0))["html"]


def test_the_file_of_a_korean_page_is_korean():
    app = AppTest.from_function(korean_page, default_timeout=60)
    app.query_params["lang"] = "ko"
    app.run()
    assert not app.exception
    with ThreadPoolExecutor(1) as thread:  # as the download is made: outside a run, where no reader is known
        text = thread.submit(app.session_state["make"]).result()
    document = Document(text)
    assert dict(document.elements)["html"] == {"lang": "ko"}
    arguments = document.scripts[-1].rsplit("render(document.getElementById('plot'), ", 1)[1]
    data, _ = json.JSONDecoder().raw_decode(arguments)
    assert data["language"] == "ko"
    assert {name: data["words"][name] for name in ("play", "step", "loss")} == {
        "play": "재생",
        "step": "단계",
        "loss": "손실",
    }
    assert set(data["words"]) == set(describe([PANEL], [])[0]["words"])


def test_the_server_forgets_the_oldest_part_but_none_of_this_run():
    held = {}
    for run in range(4):
        remember(held, {f"figure-{run}": "a" * (REMEMBERED_BYTES // 3)})
    assert list(held) == ["figure-1", "figure-2", "figure-3"]
    remember(held, {"figure-1": "a" * (REMEMBERED_BYTES // 3), "huge": "a" * REMEMBERED_BYTES})
    assert list(held) == ["figure-1", "huge"]
    small = {f"path-{place}": "a" for place in range(REMEMBERED + 5)}
    for name, text in small.items():
        remember(held, {name: text})
    assert list(held) == list(small)[5:]
