"""Borders: the dimension of sets whose dimension is known, and of the tanh border by two other roads."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from landscape.sweeps.borders import border_cells, border_dimension, box_dimension
from landscape.sweeps.trainability import trainability


def plane(size, reach):
    """The middles of the cells of a square window about 0, as complex numbers."""
    axis = ((np.arange(size) + 0.5) / size * 2 - 1) * reach
    return axis + 1j * axis[:, None]


def julia(c, size, num_steps=200):
    """Which points of a window stay bounded under z → z² + c."""
    z = plane(size, 1.6)
    bounded = np.ones(z.shape, bool)
    for _ in range(num_steps):
        z = z**2 + c
        bounded &= np.abs(z) <= 2
        z[~bounded] = 0
    return bounded


def koch(size, depth):
    """Which cells lie inside Koch's snowflake, by counting how often a ray crosses its outline."""
    points = np.exp(2j * np.pi * np.array([0, 2, 1, 0]) / 3)  # clockwise: the spikes point outwards
    for _ in range(depth):
        a, b = points[:-1, None], points[1:, None]
        tip = (a + b) / 2 + (b - a) * 1j * np.sqrt(3) / 6
        points = np.append(np.hstack([a, a + (b - a) / 3, tip, a + (b - a) * 2 / 3]).ravel(), points[0])
    axis = ((np.arange(size) + 0.5) / size * 2 - 1) * 1.1
    low, high = points[:-1], points[1:]
    inside = np.zeros((size, size), bool)
    for row, y in enumerate(axis):
        through = (low.imag > y) != (high.imag > y)
        p, q = low[through], high[through]
        crossings = np.sort(p.real + (y - p.imag) * (q.real - p.real) / (q.imag - p.imag))
        inside[row] = np.searchsorted(crossings, axis) % 2 == 1
    return inside


def carpet(depth):
    """Sierpinski's carpet: no digit of x and y in base 3 is 1 in both at one place."""
    i = np.arange(3**depth)
    kept = np.ones((i.size, i.size), bool)
    for place in range(depth):
        middle = i // 3**place % 3 == 1
        kept &= ~(middle & middle[:, None])
    return kept


def test_border_cells_have_a_neighbour_on_the_other_side():
    rng = np.random.default_rng(0)
    mask = rng.random((13, 9)) < 0.2
    wanted = np.zeros(mask.shape, bool)
    for (i, j), side in np.ndenumerate(mask):
        for k, m in [(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)]:
            wanted[i, j] |= 0 <= k < 13 and 0 <= m < 9 and mask[k, m] != side
    assert 0 < wanted.sum() < wanted.size
    np.testing.assert_array_equal(border_cells(mask), wanted)
    assert not border_cells(np.ones((4, 5))).any()


@pytest.mark.parametrize(
    ("mask", "dimension", "within"),
    [
        (np.arange(256) < np.full((200, 1), 77), 1, 1e-12),
        (np.tri(256) > 0, 1, 0.01),
        (np.abs(plane(256, 1.6)) < 1, 1, 0.01),
        (np.indices((256, 256)).sum(axis=0) % 2 == 0, 2, 0.01),  # a chessboard: border everywhere
        (koch(512, 6), np.log(4) / np.log(3), 0.03),
        (julia(-0.123 + 0.745j, 512), 1.3934, 0.03),  # Douady's rabbit
        (julia(-1, 512), 1.2683, 0.03),
        (julia(0.25, 512), 1.0812, 0.03),
    ],
    ids=["line", "diagonal", "circle", "chessboard", "koch", "rabbit", "basilica", "cauliflower"],
)
def test_the_dimension_of_a_known_border(mask, dimension, within):
    # dimensions of Julia sets: McMullen (1998), Hausdorff dimension and conformal dynamics III
    found = border_dimension(mask)
    assert found.dimension == pytest.approx(dimension, abs=within)
    assert found.error < 0.02
    assert border_dimension(mask.T).dimension == pytest.approx(found.dimension, abs=1e-12)
    assert border_dimension(~mask).dimension == found.dimension


@pytest.mark.parametrize(
    ("cells", "dimension", "within"),
    [
        (np.ones((150, 170)), 2, 1e-12),
        (np.arange(200) == np.full((300, 1), 77), 1, 1e-12),
        (np.arange(256) & np.arange(256)[:, None] == 0, np.log(3) / np.log(2), 0.03),
        (carpet(6), np.log(8) / np.log(3), 0.03),
        (np.arange(40000).reshape(200, 200) == 12345, 0, 1e-12),
    ],
    ids=["square", "line", "triangle", "carpet", "point"],
)
def test_the_dimension_of_a_known_set(cells, dimension, within):
    assert box_dimension(cells).dimension == pytest.approx(dimension, abs=within)


def test_counts_are_the_mean_over_all_positions_of_the_grid():
    rng = np.random.default_rng(1)
    cells = rng.random((32, 64)) < 0.01
    found = box_dimension(cells, smallest=2, largest=8)
    assert found.sizes.tolist() == [2, 4, 8]
    for size, count in zip(found.sizes, found.counts, strict=True):
        aligned = []
        for shift in np.ndindex(size, size):
            boxes = np.roll(cells, shift, (0, 1)).reshape(32 // size, size, 64 // size, size)
            aligned.append(boxes.any(axis=(1, 3)).sum())
        assert count == pytest.approx(np.mean(aligned))
    slope, _ = np.polyfit(-np.log(found.sizes), np.log(found.counts), 1)
    assert found.dimension == pytest.approx(slope)


def test_the_error_is_that_of_least_squares():
    found = border_dimension(julia(-1, 256))
    x, y = -np.log(found.sizes), np.log(found.counts)
    # unscaled covariance times the variance of the residuals, as the textbooks have it
    (slope, _), covariance = np.polyfit(x, y, 1, cov=True)
    assert found.dimension == pytest.approx(slope)
    assert found.error == pytest.approx(np.sqrt(covariance[0, 0]))


def test_the_dimension_of_the_tanh_border_by_two_other_roads():
    found = trainability(resolution=256, num_steps=150)
    mask = found.converged
    estimate = border_dimension(mask)
    sizes = estimate.sizes
    # The share of pairs of cells at a distance ε that are on different sides goes as ε^(2 − D):
    # Grebogi, McDonald, Ott and Yorke (1983), doi:10.1016/0375-9601(83)90945-3.
    uncertain = [
        np.mean(np.append(mask[:, size:] != mask[:, :-size], (mask[size:] != mask[:-size]).T))
        for size in sizes
    ]
    uncertainty = 2 - np.polyfit(np.log(sizes), np.log(uncertain), 1)[0]
    # The area within ε of the border goes as ε^(2 − D): Minkowski's sausage, by SciPy's distances.
    distances = distance_transform_edt(~border_cells(mask))
    areas = [np.mean(distances <= size / 2) for size in sizes]
    minkowski = 2 - np.polyfit(np.log(sizes), np.log(areas), 1)[0]
    assert 1.3 < estimate.dimension < 1.7
    assert estimate.dimension == pytest.approx(uncertainty, abs=0.1)
    assert estimate.dimension == pytest.approx(minkowski, abs=0.1)


@pytest.mark.parametrize(("size", "sizes"), [(40, [1, 2, 4]), (64, [2, 4, 8]), (130, [4, 8, 16])])
def test_small_maps_are_read_in_smaller_boxes(size, sizes):
    found = border_dimension(np.arange(size) < np.full((size, 1), 20))
    assert found.sizes.tolist() == sizes
    assert found.dimension == pytest.approx(1)


def test_a_map_without_a_border_has_no_dimension():
    for mask in (np.ones((64, 64)), np.zeros((64, 64))):
        found = border_dimension(mask)
        assert np.isnan([found.dimension, found.error]).all()
        assert found.counts.tolist() == [0] * found.sizes.size


@pytest.mark.parametrize(
    ("mask", "sizes", "message"),
    [
        (np.ones(9), {}, r"`mask` must have two axes, got the shape \(9,\)"),
        (np.ones((64, 64)), {"smallest": 3}, "`smallest` must be a power of two, got 3"),
        (np.ones((64, 64)), {"largest": 0}, "`largest` must be a power of two, got 0"),
        (np.ones((64, 64)), {"smallest": 4}, "must leave at least 3 sizes of boxes .* got 4 and 8"),
        (np.ones((300, 20)), {}, "in a map of 20 x 300 cells, got 1 and 2"),
    ],
)
def test_bad_input_is_named(mask, sizes, message):
    with pytest.raises(ValueError, match=message):
        border_dimension(mask, **sizes)
