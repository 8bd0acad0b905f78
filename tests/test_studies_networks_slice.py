"""Slice: what the page says of its trust, against NumPy; links, files, uploads."""

import io
import re
from types import SimpleNamespace

import jax
import meshio
import numpy as np
import pytest
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, text, visit, warnings

from landscape import OPTIMIZERS
from landscape.figures.heights import number
from landscape.studio import sharing, sliced
from landscape.studio.plot import Click
from landscape.studio.studies.networks import slice as page
from landscape.studio.studies.networks.slice_words import percent
from landscape.studio.trained import NetworkChoice, Recipe

TINY = {
    "part": "slice",
    "data-net": "iris",
    "depth-net": "1",
    "width-net": "3",
    "epochs-net": "2",
    "batch-net": "16",
    "size-slice": "13",
}
ADAM = {each.name: each.default for each in OPTIMIZERS["adam"].hyperparameters} | {"learning_rate": 0.01}
RECIPE = Recipe(NetworkChoice("iris", width=3, depth=1), "adam", tuple(ADAM.items()), epochs=2, batch=16)


def flat(tree):
    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(tree)]).astype(float)


def rows(tree, count):
    return np.concatenate([np.reshape(leaf, (count, -1)) for leaf in jax.tree.leaves(tree)], axis=1)


def drawn(monkeypatch):
    """What is drawn, by its key."""
    seen = {}
    monkeypatch.setattr(
        page,
        "plot",
        lambda key, panels, tracks=(), **given: seen.update(
            {key: SimpleNamespace(panels=panels, tracks=tracks, **given)}
        ),
    )
    return seen


@pytest.mark.parametrize("kind", ["principal", "hessian"])
def test_a_slice_seen_closer_keeps_the_end_of_the_path(kind):
    whole, close = (np.array(sliced.extent(sliced.Cut(RECIPE, kind, reach=reach))) for reach in (1.0, 0.01))
    assert (close[:, 0] < 0).all()
    assert (close[:, 1] > 0).all()
    np.testing.assert_allclose(close, 0.01 * whole, rtol=1e-9)


def test_what_it_says_of_the_path_is_what_numpy_finds(monkeypatch):
    seen = drawn(monkeypatch)
    app = visit("networks", TINY)
    assert warnings(app) == []
    path, said = sliced.path(RECIPE), text(app)
    points = rows(path.params, len(path.losses)).astype(float)
    centred = points - points.mean(axis=0)
    sizes = np.linalg.svd(centred, compute_uv=False) ** 2
    assert f"holds {percent(sizes[:2].sum() / sizes.sum())} % of the path’s movement" in said
    plane = sliced.plane(sliced.Cut(RECIPE))
    basis = np.stack([flat(plane.u), flat(plane.v)])
    risk = sliced.objective(RECIPE)
    gradient = flat(jax.grad(risk.loss)(sliced.end(RECIPE)))
    share = np.sum((basis @ gradient) ** 2) / np.sum(gradient**2)
    assert f"{percent(share)} % of the gradient" in said
    off = np.linalg.norm(points - points[-1] - (points - points[-1]) @ basis.T @ basis, axis=1)
    assert f"runs up to {number(float(f'{off.max():.4g}'))} off the plane" in said
    eigenvalues = np.linalg.eigvalsh(hessian(risk, sliced.end(RECIPE)))
    least, most = re.search(r"from (\S+) to (\S+) over all 27 directions", said).groups()
    np.testing.assert_allclose(
        [float(each.replace("−", "-")) for each in (least, most)], eigenvalues[[0, -1]], rtol=2e-3
    )
    # The path stands at its true heights; the ground below it is the loss at the nearest point of the plane.
    (track,) = seen["slice"].tracks
    np.testing.assert_allclose(track.heights, path.losses, rtol=1e-5)
    a, b = track.points[0]
    np.testing.assert_allclose(track.ground[0], risk.loss(plane.at(a, b)), rtol=1e-5)
    assert track.steps.tolist() == path.steps.tolist()
    assert [panel.role for panel in seen["slice"].panels] == ["scene", "plane", "curve"]


def hessian(risk, params):
    leaves, structure = jax.tree.flatten(params)
    splits = np.cumsum([leaf.size for leaf in leaves])[:-1]

    def loss(vector):
        parts = jax.numpy.split(vector, splits)
        shaped = [part.reshape(leaf.shape) for part, leaf in zip(parts, leaves, strict=True)]
        return risk.loss(jax.tree.unflatten(structure, shaped))

    return np.asarray(jax.hessian(loss)(flat(params).astype(np.float32)))


def test_random_directions_come_with_their_angles_and_other_seeds(monkeypatch):
    seen = drawn(monkeypatch)
    app = visit("networks", TINY, **{"plane-slice": "random", "seed-slice": "7", "normalize-slice": "none"})
    plane = sliced.plane(sliced.Cut(RECIPE, "random", "none", 7))
    u, v = flat(plane.u), flat(plane.v)
    cosine = u @ v / np.sqrt((u @ u) * (v @ v))
    assert f"The cosine between u and v is {number(cosine)}" in text(app)
    assert f"1/√n = {number(27**-0.5)}" in text(app)
    seeds = seen["slice-seeds"]
    assert [panel.id for panel in seeds.panels] == [*(f"seed-{seed}" for seed in (5, 6, 8, 9)), "deviation"]
    family = sliced.Cut(RECIPE, "random", "none", 7)
    values = [sliced.surface.kept(each, 25, "loss").values for each in (family, *family.others)]
    deviation = np.median(np.std(values, axis=0, ddof=1))
    assert f"differs by {number(float(deviation))} between them" in text(app)
    state = {}
    monkeypatch.setattr(page.st, "session_state", state)
    seeds.on_click(Click("seed-9", 0.0, 0.0))
    assert state == {"seed-slice": 9}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_other_planes_and_heights_open(lang):
    link = {"plane-slice": "gradient", "height-slice": "held-out-accuracy", "reach-slice": "2", "lang": lang}
    app = visit("networks", TINY | link)
    assert warnings(app) == []
    said = text(app)
    assert "100 %" in said  # of the gradient, which spans the plane
    assert "\n- " in said
    assert sliced.surface.kept(sliced.Cut(RECIPE, "gradient", reach=2.0), 13, "held_out_accuracy") is not None


def test_what_a_link_cannot_have_is_said():
    bad = {"plane-slice": "coordinates", "height-slice": "fun", "reach-slice": "0", "size-slice": "1000"}
    said = "\n".join(warnings(visit("networks", TINY | bad)))
    for key, instead in (("plane-slice", "principal"), ("height-slice", "loss"), ("reach-slice", "1")):
        assert re.search(rf"`{key}` – .*Shown instead: {instead}\.", said), said
    assert "`size-slice` –" in said


def test_what_it_gives_away_is_what_it_shows(monkeypatch):
    link = {"plane-slice": "random", "seed-slice": "3", "optimizer-net": "momentum", "lr-net": "0.05"}
    link |= {"schedule-net": "cosine"}
    _app, offers = taken(monkeypatch, "networks", TINY | link)
    arrays, columns = loaded(offers), table(offers)
    assert arrays["loss"].shape == (13, 13)
    np.testing.assert_array_equal(numbers(columns["loss"]), arrays["loss"].ravel())
    said = printed(offers["script"]())
    low, high = re.search(r"^loss (\S+) to (\S+)$", said, re.MULTILINE).groups()
    np.testing.assert_allclose(
        [float(low), float(high)], [arrays["loss"].min(), arrays["loss"].max()], rtol=1e-4
    )
    movement, share = re.search(r"holds (\S+) of the movement, (\S+) of the last", said).groups()
    np.testing.assert_allclose(float(movement), arrays["explained_variance"], rtol=1e-3)
    np.testing.assert_allclose(float(share), arrays["path/gradient_share"][-1], rtol=1e-2)
    assert offers["html"]().count("</html>") == 1
    files = {offer.file_name: offer.make() for offer in offers["more"]}
    assert list(files) == ["networks-parameters.npz", "networks-surface.vtk", "networks-path.vtk"]
    parameters = np.load(io.BytesIO(files["networks-parameters.npz"]), allow_pickle=False)
    assert set(parameters.files) == {
        *("layers/0/bias", "layers/0/weights", "layers/1/bias", "layers/1/weights", "recipe"),
        *("settings", "units"),
    }
    assert 'OPTIMIZERS["momentum"]' in str(parameters["recipe"]).replace("'", '"')


def test_paraview_gets_heights_in_proportion_and_losses_as_they_are(monkeypatch, tmp_path):
    _app, offers = taken(monkeypatch, "networks", TINY)
    arrays = loaded(offers)
    for offer in offers["more"][1:]:
        (tmp_path / offer.file_name).write_bytes(offer.make())
    surface, path = (meshio.read(tmp_path / f"networks-{name}.vtk") for name in ("surface", "path"))
    np.testing.assert_array_equal(surface.point_data["loss"].ravel(), arrays["loss"].ravel())
    # One straight line from losses to heights, the same for both; the path is above its ground.
    slope, offset = np.polyfit(arrays["loss"].ravel(), surface.points[:, 2], 1)
    np.testing.assert_allclose(surface.points[:, 2], slope * arrays["loss"].ravel() + offset, atol=1e-9)
    count = len(arrays["path/step"])
    np.testing.assert_allclose(path.points[:, 2], slope * path.point_data["loss"].ravel() + offset, atol=1e-6)
    np.testing.assert_array_equal(path.point_data["loss"].ravel()[:count], arrays["path/loss"])
    (lines,) = path.cells
    assert lines.data.tolist()[: count - 1] == [[row, row + 1] for row in range(count - 1)]
    np.testing.assert_array_equal(path.points[:count, :2], path.points[count:, :2])


def test_parameters_come_back_from_their_file(monkeypatch):
    app, offers = taken(monkeypatch, "networks", TINY)
    data = offers["more"][0].make()
    app.file_uploader[0].upload("weights.npz", data, "application/octet-stream")
    rerun(app)
    assert any("weights.npz" in each.value for each in app.info)
    assert app.session_state["plane-slice"] == "random"
    assert app.query_params["plane-slice"] == "random"  # which is no default without the file
    assert "path’s movement" not in text(app)
    arrays = loaded(offers)
    end = sliced.objective(RECIPE).loss(sliced.end(RECIPE))
    np.testing.assert_allclose(arrays["loss"][6, 6], end, rtol=1e-5)
    assert [offer.file_name for offer in offers["more"]] == [
        "networks-parameters.npz",
        "networks-surface.vtk",
    ]
    app.button(key="slice-put-back").click()
    rerun(app)
    assert not app.info
    assert "path’s movement" in text(app)


def test_a_bad_file_is_said_and_the_trained_ones_stay():
    app = visit("networks", TINY)
    app.file_uploader[0].upload("other.npz", sharing.npz({"a": np.ones(2)}), "application/octet-stream")
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "“other.npz”: The file is of another network: it has no `layers/0/bias`."
    ]
    assert "path’s movement" in text(app)


def test_a_path_that_has_no_plane_is_said():
    # Without weights nothing moves but the last bias: on a line, as long as every step is downhill.
    app = visit_with_errors({**TINY, "init-net": "zeros", "plane-slice": "random"})
    assert any("every direction" in error.value for error in app.error)


def visit_with_errors(link):
    from streamlit.testing.v1 import AppTest
    from visiting import MAIN, PATIENCE

    app = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    app.switch_page("views/networks.py")
    app.query_params.update(link)
    app.run()
    assert not app.exception
    return app


def test_shares_are_said_with_two_digits_that_count():
    assert [percent(share) for share in (0.5, 0.000123, 0.9996, 1 - 1e-9, float("nan"))] == [
        *("50", "0.012", "99.96", "100", "NaN")
    ]


def test_sharpness_is_drawn_on_a_coarser_grid():
    app = visit(
        "networks", TINY, **{"plane-slice": "random", "height-slice": "sharpness", "size-slice": "97"}
    )
    assert "Each of the 25² points is a Lanczos run" in text(app)
    cut = sliced.Cut(RECIPE, "random")
    middle = sliced.surface.kept(cut, 7, "sharpness").values[3, 3]
    largest = np.linalg.eigvalsh(hessian(sliced.objective(RECIPE), sliced.end(RECIPE)))[-1]
    np.testing.assert_allclose(middle, largest, rtol=1e-2)
