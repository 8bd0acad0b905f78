"""VTK: what is written is what meshio reads."""

from pathlib import Path

import meshio
import numpy as np
import pytest

from landscape.commands import main
from landscape.surfaces import vtk


def read(tmp_path, data):
    path = tmp_path / "file.vtk"
    path.write_bytes(data)
    return meshio.read(path)


def test_a_surface_keeps_its_places_and_its_numbers(tmp_path):
    x, y = np.array([-1.0, 0.5, 2.0]), np.array([0.0, 10.0])
    heights = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    losses = np.array([[0.1, np.nan, np.inf], [0.4, 1e300, 0.6]])
    mesh = read(tmp_path, vtk.surface(x, y, heights, {"loss": losses, "other": -heights}, "z = loss × 2\nx"))
    assert mesh.points.shape == (6, 3)
    for i, j in np.ndindex(2, 3):
        at = np.flatnonzero((mesh.points[:, 0] == x[j]) & (mesh.points[:, 1] == y[i]))
        assert at.size == 1
        assert mesh.points[at[0], 2] == heights[i, j]
        np.testing.assert_array_equal(mesh.point_data["loss"][at[0]], losses[i, j])
        assert mesh.point_data["other"][at[0]] == -heights[i, j]
    # Two cells, each with its four corners once around.
    (cells,) = [block.data for block in mesh.cells if block.type == "quad"]
    assert sorted(map(sorted, cells.tolist())) == [[0, 1, 3, 4], [1, 2, 4, 5]]


def test_lines_keep_their_ends(tmp_path):
    points = np.array([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]])
    data = vtk.lines(points, [[0, 1], [0, 2]], {"loss": [3, 2, 1]}, "t", pieces_columns={"drop_line": [0, 1]})
    mesh = read(tmp_path, data)
    np.testing.assert_array_equal(mesh.points, points)
    (block,) = mesh.cells
    assert block.type == "line"
    assert block.data.tolist() == [[0, 1], [0, 2]]
    assert mesh.point_data["loss"].ravel().tolist() == [3, 2, 1]
    assert mesh.cell_data["drop_line"][0].ravel().tolist() == [0, 1]


def test_the_title_is_one_short_line_of_ascii():
    head = vtk.surface([0, 1], [0, 1], np.zeros((2, 2)), {}, "λ\n" + "long " * 100).split(b"\n")
    assert head[2] == b"BINARY"
    assert head[1].isascii()
    assert len(head[1]) <= 255


def test_what_does_not_fit_is_refused():
    flat = np.zeros((2, 2))
    with pytest.raises(ValueError, match=r"`heights` must have the shape \(3, 2\), got \(2, 2\)"):
        vtk.surface([0, 1], [0, 1, 2], flat, {}, "t")
    with pytest.raises(ValueError, match="under one word, got 4, 'the loss'"):
        vtk.surface([0, 1], [0, 1], flat, {"the loss": flat}, "t")
    with pytest.raises(ValueError, match="4 numbers under one word, got 3"):
        vtk.surface([0, 1], [0, 1], flat, {"loss": [1, 2, 3]}, "t")
    with pytest.raises(ValueError, match="`points` and `pieces` must be"):
        vtk.lines([[0, 1]], [[0, 0]], {}, "t", pieces_columns={})


HOLE = """
import jax.numpy as jnp, landscape
objective = landscape.Objective(lambda p: jnp.log(p[0] + 0 * p[1]), jnp.array([0.5, 1.0]))
"""


def test_the_surface_opens_in_another_program(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("hole.py").write_text(HOLE)
    words = ["slice", "hole.py:objective", "--out", "hole.npz", "--resolution", "4"]
    assert main([*words, "--vtk", "hole.vtk"]) == 0
    with np.load("hole.npz") as file:
        x, y, values = file["x"], file["y"], file["values"]
    for again in range(2):
        mesh = meshio.read("hole.vtk")
        np.testing.assert_array_equal(mesh.point_data["loss"].ravel(), values.ravel())
        np.testing.assert_array_equal(mesh.points[:, :2], np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
        high = mesh.points[:, 2]
        assert (np.nanmin(high), np.isnan(high).sum()) == (0.0, 4)
        np.testing.assert_allclose(np.nanmax(high), 0.6 * (x[-1] - x[0]))
        Path("hole.vtk").unlink()
        if not again:  # made of the file that is there
            assert main([*words, "--vtk", "hole.vtk"]) == 0
    assert main([*words, "--vtk", "hole.txt"]) == 2
    assert "--vtk must be a file that ends with .vtk" in capsys.readouterr().err
