"""A path off its plane in a browser: true heights, drop lines, shadow, and a clock that says its steps."""

import numpy as np
import pytest
from looking import COUNT_PAINTS, clock, opened, shown

START, CURVATURES, ROWS = np.array([-1.5, 0.75]), np.array([1.0, 4.0]), np.arange(31)
LIFT = 0.008 * 7  # of the box's height, so that the surface does not swallow the shadow
GRID = 0.002  # a chord of the surface's grid is at most so far above it: (1 · 0.067² + 4 · 0.05²) / 8
LINES = ("path to come", "path", "marker", "shadow to come", "shadow", "drops to come", "drops", "drop now")
TRACES = """() => document.querySelector('figure.lp-scene .lp-picture')._fullData.slice(1)
    .map(({ x, y, z }) => Array.from(x, (_, i) => [x[i], y[i], z[i]]
        .map(value => Number.isFinite(value) ? value : null)))"""
AT = """([name, x]) => {
    const trace = document.querySelector('figure.lp-scene .lp-picture')?._fullData?.[name];
    return trace && Math.abs(trace.x[0] - x) < 1e-9;
}"""


def surface(x, y):
    return (x**2 + 4 * y**2) / 2


def iterates(rate=0.1):
    """The iterates at their true heights, and their feet on the surface, in closed form."""
    points = START * (1 - rate * CURVATURES) ** ROWS[:, None]
    feet = np.column_stack([points, surface(*points.T)])
    return feet + np.outer(2 - rate * ROWS, [0, 0, 1]), feet


def drawn(page, row, rate=0.1):
    """Wait until the drop line of a row stands; what each trace of the path draws, its gaps left out."""
    page.wait_for_function(AT, arg=[len(LINES), iterates(rate)[0][row, 0]])
    traces = [np.array(trace, float) for trace in page.evaluate(TRACES)]
    return {name: trace[~np.isnan(trace).any(axis=1)] for name, trace in zip(LINES, traces, strict=True)}


def drops(path, feet):
    return np.stack([path, feet], axis=1).reshape(-1, 3)


@pytest.fixture
def heights(page, component_app):
    opened(page, component_app, "heights")
    clock(page, "Step 840 of 840")
    return page


def test_a_path_above_and_below_the_surface_is_drawn_at_its_true_heights(heights):
    path, feet = iterates()
    whole = drawn(heights, 30)
    heights.evaluate(COUNT_PAINTS)
    heights.locator(".lp-range").fill("280")
    clock(heights, "Step 280 of 840")
    lines = drawn(heights, 10)
    np.testing.assert_allclose(lines["path"], path[:11], atol=1e-12)
    np.testing.assert_allclose(lines["path to come"], path[10:], atol=1e-12)
    np.testing.assert_allclose(lines["marker"], path[10:11], atol=1e-12)
    np.testing.assert_allclose(lines["drops"], drops(path, feet)[:22], atol=1e-12)
    np.testing.assert_allclose(lines["drops to come"], drops(path, feet)[22:], atol=1e-12)
    np.testing.assert_allclose(lines["drop now"], [path[10], feet[10]], atol=1e-12)
    np.testing.assert_allclose(whole["drop now"], [path[30], feet[30]], atol=1e-12)
    assert lines["drop now"][0, 2] > lines["drop now"][1, 2], "the path is above the surface"
    assert whole["drop now"][0, 2] < whole["drop now"][1, 2], "and below it at the end"
    for name, ends in (("shadow", (0, 10)), ("shadow to come", (10, 30))):
        np.testing.assert_allclose(lines[name][[0, -1], :2], feet[list(ends), :2], atol=1e-12)
        above = lines[name][:, 2] - surface(*lines[name][:, :2].T)
        assert np.all((above >= LIFT - 1e-9) & (above <= LIFT + GRID))
    assert heights.evaluate("() => window.paints") == {}, "the surface is not built again"


def test_a_path_off_its_plane_moves_with_a_control_and_hides_with_its_drops(heights):
    drawn(heights, 30)
    heights.evaluate(COUNT_PAINTS)
    field = heights.get_by_label("rate", exact=True)
    field.fill("0.05")
    field.press("Enter")
    lines, (path, feet) = drawn(heights, 30, rate=0.05), iterates(rate=0.05)
    np.testing.assert_allclose(lines["path"], path, atol=1e-12)
    np.testing.assert_allclose(lines["drops"], drops(path, feet), atol=1e-12)
    assert heights.evaluate("() => window.paints.scene ?? 0") == 0
    heights.locator(".lp-chip").first.click()
    heights.wait_for_function(f"() => ({TRACES})().flat(2).every(value => value === null)")


def test_a_guess_hides_drops_and_shadow_to_come(page, component_app):
    opened(page, component_app, "heights?guess=1")
    clock(page, "Step 0 of 840")
    path, feet = iterates()
    lines = drawn(page, 0)
    assert all(lines[name].size == 0 for name in LINES if name.endswith("to come"))
    np.testing.assert_allclose(lines["drops"], [path[0], feet[0]], atol=1e-12)


def test_the_clock_goes_from_checkpoint_to_checkpoint(heights):
    heights.get_by_label("First step").click()
    clock(heights, "Step 0 of 840")
    heights.get_by_label("One step forward").click()
    clock(heights, "Step 28 of 840")
    heights.keyboard.press("Shift+ArrowRight")
    clock(heights, "Step 308 of 840")
    assert shown(heights)["Step"] == "308"
    heights.locator(".lp-range").fill("300")  # between two checkpoints the earlier one is shown
    clock(heights, "Step 280 of 840")
    across = "() => document.querySelector('figure.lp-curve .lp-picture').layout.xaxis.range[1]"
    assert heights.evaluate(across) > 840
    heights.locator(".lp-rate").select_option("200")
    heights.locator(".lp-play").click()
    clock(heights, "Step 840 of 840")
    drawn(heights, 30)
