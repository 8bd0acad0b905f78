"""Heights: how a loss becomes a height, on a linear or a logarithmic scale, and where its ticks stand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scale = Literal["linear", "log"]

# A logarithmic picture shows at most this many decades: what lies deeper is drawn at the bottom.
MAX_DECADES = 8.0
# The top of a linear picture is this quantile of the losses where a few huge ones would hide the rest.
LINEAR_QUANTILE = 0.95
LINEAR_TAIL = 2.0
# Without a known minimum nothing is subtracted where the smallest loss is at most this part of the largest.
NEAR_ZERO = 1e-3


@dataclass(frozen=True)
class Heights:
    """The map from losses to heights: one for a surface, its contour and the paths on it.

    Linear: h = loss. Logarithmic: h = log10(loss - floor), but not below `low`.

    Attributes:
        scale: "linear" or "log".
        floor: the loss subtracted before the logarithm (0 where linear).
        low: the lowest height of the picture.
        high: the highest height of the picture; higher ones keep the colour of `high`.
        open_top: whether some heights lie above `high`.
        open_bottom: whether some heights lie below `low`.
    """

    scale: Scale
    floor: float
    low: float
    high: float
    open_top: bool = False
    open_bottom: bool = False

    def __call__(self, values: ArrayLike) -> NDArray[np.float64]:
        """The heights of losses.

        Args:
            values: losses, any shape; non-finite ones become NaN.

        Returns:
            Heights of the same shape.

        Example:
            >>> Heights("log", floor=0.0, low=-2.0, high=3.0)([1e-9, 1.0, 100.0]).tolist()
            [-2.0, 0.0, 2.0]
        """
        losses = np.asarray(values, dtype=np.float64)
        finite = np.isfinite(losses)
        if self.scale == "linear":
            return np.where(finite, losses, np.nan)
        above = np.where(finite, losses - self.floor, 1.0)
        logs = np.log10(np.maximum(above, 10.0**self.low))
        return np.where(finite, np.maximum(logs, self.low), np.nan)

    @property
    def step(self) -> float:
        """The distance of the contour lines: 1, 2 or 5 times a power of ten, or a part of a decade."""
        span = self.high - self.low
        if self.scale == "log":
            return next((step for step in (0.1, 0.25, 0.5, 1.0) if span / step <= 16), 2.0)
        return nice_step(span, 14)

    def levels(self) -> NDArray[np.float64]:
        """The heights of the contour lines, multiples of `step` between `low` and `high`.

        Example:
            >>> Heights("linear", 0.0, 0.0, 10.0).levels().tolist()[:3]
            [1.0, 2.0, 3.0]
        """
        first = math.floor(self.low / self.step) + 1
        last = math.floor(self.high / self.step + 1e-9)
        return self.step * np.arange(first, last + 1, dtype=np.float64)

    def ticks(self, count: int = 6) -> tuple[NDArray[np.float64], list[str]]:
        """Where the ticks of a colour bar or a height axis stand, and the losses written there.

        Args:
            count: about how many.

        Returns:
            Heights (k,) and their k texts: losses where linear, loss - floor where logarithmic.

        Example:
            >>> Heights("log", 0.0, -2.0, 1.0).ticks()[1]
            ['10⁻²', '10⁻¹', '10⁰', '10¹']
            >>> Heights("linear", 0.0, 0.0, 970.0, open_top=True).ticks()[1]
            ['0', '200', '400', '600', '800', '≥ 970']
        """
        span = self.high - self.low
        if self.scale == "log":
            return self._log_ticks(span, count)
        step = nice_step(span, count)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        places = step * np.arange(first, last + 1, dtype=np.float64)
        texts = [number(place) for place in places]
        if self.open_top and texts:
            places = np.append(places[places < self.high - 0.1 * span], self.high)
            texts = [*texts[: places.size - 1], f"≥ {number(float(f'{self.high:.2g}'))}"]
        return places, texts

    def _log_ticks(self, span: float, count: int) -> tuple[NDArray[np.float64], list[str]]:
        if span < 0.7:
            places = np.linspace(self.low, self.high, 4)
            return places, [number(float(f"{10.0**place:.3g}")) for place in places]
        first, last = math.floor(self.low), math.ceil(self.high)
        if span < 2.5:
            losses = np.array([part * 10.0**k for k in range(first, last + 1) for part in (1.0, 2.0, 5.0)])
            places = np.log10(losses)
            inside = (places >= self.low - 1e-9) & (places <= self.high + 1e-9)
            return places[inside], [number(loss) for loss in losses[inside]]
        step = max(1, math.ceil(span / (count + 1)))
        exponents = [
            k for k in range(first, last + 1) if k % step == 0 and self.low - 1e-9 <= k <= self.high + 1e-9
        ]
        return np.array(exponents, dtype=np.float64), [power_of_ten(k) for k in exponents]

    def title(self, name: str) -> str:
        """The name of the height axis, with the floor where one is subtracted.

        Args:
            name: the translated word for the loss.

        Returns:
            The name, for example "loss − 3".

        Example:
            >>> Heights("log", 3.0, -2.0, 1.0).title("loss"), Heights("log", -1.5, -2.0, 1.0).title("loss")
            ('loss − 3', 'loss + 1.5')
        """
        if self.scale == "linear" or self.floor == 0:
            return name
        sign = "−" if self.floor > 0 else "+"
        return f"{name} {sign} {number(abs(self.floor))}"


def measure(*surfaces: ArrayLike, scale: Scale = "linear", floor: float | None = None) -> Heights:
    """Choose the heights of one picture, or of several that must share their colours.

    Logarithmic: from the small quantiles of log10(loss - floor) to its largest, at most 8 decades.
    Linear: from the smallest loss to the largest; where the largest is more than twice as high as 95 % of
    the picture, to that quantile, and the higher losses keep the last colour.

    Args:
        surfaces: one or more arrays of losses, any shape; non-finite ones are left out.
        scale: "linear" or "log".
        floor: the loss subtracted before the logarithm, in general the known minimum; without one, the
            smallest of the given losses, or 0 where that is at most a thousandth of the largest.

    Returns:
        The `Heights` to hand to `contour`, `surface` and, for paths on the surface, to call.

    Raises:
        ValueError: where `scale` is neither "linear" nor "log", or `floor` is not finite.

    Example:
        >>> heights = measure([[0.0, 1.0], [10.0, 1000.0]], scale="log", floor=0.0)
        >>> heights.low, heights.high
        (0.0, 3.0)
    """
    if scale not in ("linear", "log"):
        raise ValueError(f'`scale` must be "linear" or "log", got {scale!r}.')
    if floor is not None and not math.isfinite(floor):
        raise ValueError(f"`floor` must be finite, got {floor}.")
    losses = np.concatenate([np.asarray(surface, dtype=np.float64).ravel() for surface in surfaces])
    # Twice 1e300 is still a number: spans and quantiles stay finite.
    losses = np.clip(losses[np.isfinite(losses)], -1e300, 1e300)
    if losses.size == 0:
        return Heights(scale, floor or 0.0, 0.0, 1.0)
    smallest, largest = float(losses.min()), float(losses.max())
    if scale == "linear":
        return _linear(losses, smallest, largest)
    if floor is None:
        floor = 0.0 if 0 <= smallest <= NEAR_ZERO * largest else smallest
    logs = np.log10(losses[losses > floor] - floor)
    if logs.size == 0:
        return Heights(scale, floor, 0.0, 1.0)
    high = float(logs.max())
    low = max(float(np.quantile(logs, 0.001, method="lower")), high - MAX_DECADES)
    if high - low < 1e-6:
        low, high = low - 0.5, high + 0.5
    return Heights(scale, floor, low, high, open_bottom=bool(logs.min() < low or logs.size < losses.size))


def measure_with_paths(surface: ArrayLike, paths: ArrayLike, *, scale: Scale) -> Heights:
    """The heights of a slice and of paths off it, where these are not far above or below.

    Args:
        surface: Losses of the slice, any shape.
        paths: Finite losses of the paths, shape (k,); none where there are none.
        scale: "linear" or "log".

    Returns:
        Logarithmic: of all of them, above 0 where all are. Linear: of the slice, at most three times as high
        and twice as deep for the paths.

    Example:
        >>> measure_with_paths([[0.0, 1.0]], [2.0, 100.0], scale="linear").high
        3.0
    """
    losses, true = np.asarray(surface, np.float64), np.asarray(paths, np.float64)
    if scale == "log":
        values = np.concatenate([losses.ravel(), true])
        return measure(values, scale=scale, floor=0.0 if (values[np.isfinite(values)] > 0).all() else None)
    usual = measure(losses, scale=scale)
    span = usual.high - usual.low
    high = max(usual.high, min(float(true.max(initial=usual.high)), usual.low + 3 * span))
    low = min(usual.low, max(float(true.min(initial=usual.low)), usual.low - span))
    values = losses[np.isfinite(losses)]
    return replace(usual, low=low, high=high, open_top=bool(values.size and values.max() > high))


def _linear(losses: NDArray[np.float64], smallest: float, largest: float) -> Heights:
    usual = float(np.quantile(losses, LINEAR_QUANTILE))
    tail = largest - smallest > LINEAR_TAIL * (usual - smallest) and usual > smallest
    high = usual if tail else largest
    if high - smallest <= 1e-12 * max(abs(high), abs(smallest)):
        margin = 0.5 * max(abs(high), 1.0)
        return Heights("linear", 0.0, smallest - margin, high + margin)
    return Heights("linear", 0.0, smallest, high, open_top=tail)


def height(values: ArrayLike, scale: Scale, floor: float = 0.0) -> NDArray[np.float64]:
    """The heights of losses without a picture's limits: loss, or log10(loss - floor).

    Args:
        values: losses, any shape.
        scale: "linear" or "log".
        floor: the loss subtracted before the logarithm.

    Returns:
        Heights of the same shape; NaN where the loss is not finite or not above the floor. To draw a path
        on a surface call the surface's `Heights` instead, which share its lowest height.

    Example:
        >>> height([1.0, 100.0], "log").tolist()
        [0.0, 2.0]
    """
    losses = np.asarray(values, dtype=np.float64)
    if scale == "linear":
        return np.where(np.isfinite(losses), losses, np.nan)
    above = np.where(np.isfinite(losses), losses - floor, np.nan)
    return np.log10(np.where(above > 0, above, np.nan))


def nice_step(span: float, count: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides `span` into at most about `count` parts.

    Example:
        >>> nice_step(10.0, 5), nice_step(0.9, 10)
        (2.0, 0.1)
    """
    rough = span / max(count, 1)
    if not (math.isfinite(rough) and rough > 0):
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= rough * (1 - 1e-9))


def number(value: float) -> str:
    """A number as short text: four significant digits, a power of ten below 0.001 and from 100,000 on.

    The plot component's `short` in assets/plot/format.js writes the same.

    Example:
        >>> number(0.25), number(-3.0), number(1234567.0), number(99999.6), number(float("inf"))
        ('0.25', '−3', '1.235×10⁶', '10⁵', '∞')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, power = f"{value:.3e}".split("e")
    exponent = int(power)
    if -3 <= exponent < 5:
        return _trimmed(f"{value:.{max(0, 3 - exponent)}f}")
    mantissa = _trimmed(mantissa)
    return power_of_ten(exponent) if mantissa == "1" else f"{mantissa}×{power_of_ten(exponent)}"


def _trimmed(text: str) -> str:
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def power_of_ten(exponent: int) -> str:
    """The text of a power of ten.

    Example:
        >>> power_of_ten(-3)
        '10⁻³'
    """
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def tick_settings(heights: Heights, count: int = 6) -> dict[str, Any]:
    """The tick attributes of a Plotly colour bar or axis whose coordinates are heights."""
    places, texts = heights.ticks(count)
    return {"tickmode": "array", "tickvals": places, "ticktext": texts}
