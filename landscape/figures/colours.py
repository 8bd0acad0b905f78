"""Colours: one perceptually uniform map for heights, one line style for each optimizer and each loss."""

from __future__ import annotations

from dataclasses import dataclass

# Cividis: perceptually uniform and read alike with and without red-green colour blindness.
HEIGHT_COLOURS: tuple[str, ...] = (
    "#00224e", "#123570", "#3b496c", "#575d6d", "#707173",
    "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838",
)  # fmt: skip

# Contour lines run the other way, from light in the valleys to dark on the heights, to be seen on both.
LINE_COLOURS: tuple[str, ...] = (
    "rgba(255,255,255,0.55)", "rgba(255,255,255,0.38)", "rgba(20,20,20,0.25)", "rgba(20,20,20,0.45)",
)  # fmt: skip

NO_VALUE = "#9a9a9a"

ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
YELLOW = "#F0E442"


@dataclass(frozen=True)
class PathStyle:
    """How one optimizer's path or one loss is drawn: `color` (hex), `dash` (Plotly's name), `symbol`."""

    color: str
    dash: str
    symbol: str


# Related methods share a hue and differ in dash; symbols are all different, for print in greys. Okabe-Ito's
# yellow and black are left out: one is lost on a white page, the other on a dark one.
PATH_STYLES: dict[str, PathStyle] = {
    "gd": PathStyle(ORANGE, "solid", "circle"),
    "momentum": PathStyle(SKY_BLUE, "solid", "square"),
    "nesterov": PathStyle(SKY_BLUE, "dash", "diamond"),
    "adagrad": PathStyle(PURPLE, "dash", "triangle-up"),
    "rmsprop": PathStyle(PURPLE, "solid", "triangle-down"),
    "adadelta": PathStyle(PURPLE, "dot", "triangle-left"),
    "adam": PathStyle(VERMILLION, "solid", "cross"),
    "adamw": PathStyle(VERMILLION, "dash", "x"),
    "amsgrad": PathStyle(VERMILLION, "dot", "triangle-right"),
    "nadam": PathStyle(SKY_BLUE, "dot", "pentagon"),
    "lion": PathStyle(ORANGE, "dash", "star"),
    "l-bfgs": PathStyle(GREEN, "solid", "hexagon"),
    "newton": PathStyle(BLUE, "solid", "hexagram"),
    "newton-undamped": PathStyle(BLUE, "dash", "hourglass"),
    "gauss-newton": PathStyle(GREEN, "dash", "bowtie"),
    "levenberg-marquardt": PathStyle(GREEN, "dot", "star-square"),
}

PATH_COLOURS: dict[str, str] = {name: style.color for name, style in PATH_STYLES.items()}
PATH_DASHES: dict[str, str] = {name: style.dash for name, style in PATH_STYLES.items()}

# Losses that are seen together differ in hue, relatives in dash: all cross-entropies are vermillion.
LOSS_STYLES: dict[str, PathStyle] = {
    "mse": PathStyle(BLUE, "solid", "circle"),
    "mae": PathStyle(VERMILLION, "solid", "square"),
    "huber": PathStyle(GREEN, "solid", "diamond"),
    "log-cosh": PathStyle(PURPLE, "solid", "cross"),
    "quantile": PathStyle(ORANGE, "solid", "triangle-up"),
    "weighted-least-squares": PathStyle(BLUE, "dash", "x"),
    "gaussian-nll": PathStyle(SKY_BLUE, "solid", "pentagon"),
    "poisson-nll": PathStyle(SKY_BLUE, "dash", "star"),
    "binary-cross-entropy": PathStyle(VERMILLION, "solid", "circle"),
    "cross-entropy": PathStyle(VERMILLION, "dash", "square"),
    "categorical-cross-entropy": PathStyle(VERMILLION, "dashdot", "star-square"),
    "balanced-cross-entropy": PathStyle(ORANGE, "solid", "diamond"),
    "focal": PathStyle(GREEN, "solid", "cross"),
    "hinge": PathStyle(PURPLE, "solid", "triangle-up"),
    "squared-hinge": PathStyle(PURPLE, "dash", "x"),
    "label-smoothing": PathStyle(SKY_BLUE, "solid", "pentagon"),
    "perplexity": PathStyle(VERMILLION, "dot", "star"),
    "contrastive": PathStyle(BLUE, "solid", "circle"),
    "triplet": PathStyle(VERMILLION, "solid", "square"),
    "pairwise-ranking": PathStyle(GREEN, "dash", "diamond"),
    "kl-divergence": PathStyle(VERMILLION, "solid", "circle"),
    "js-divergence": PathStyle(PURPLE, "solid", "square"),
    "wasserstein": PathStyle(BLUE, "solid", "diamond"),
    "wasserstein-critic": PathStyle(BLUE, "dash", "cross"),
    "dice": PathStyle(BLUE, "solid", "circle"),
    "generalized-dice": PathStyle(BLUE, "dash", "diamond"),
    "dice-cross-entropy": PathStyle(PURPLE, "solid", "square"),
    "l1": PathStyle(VERMILLION, "solid", "circle"),
    "l2": PathStyle(BLUE, "solid", "square"),
    "elastic-net": PathStyle(GREEN, "solid", "diamond"),
    "weighted-sum": PathStyle(ORANGE, "solid", "cross"),
    "uncertainty-weighting": PathStyle(SKY_BLUE, "solid", "triangle-up"),
    "demographic-parity": PathStyle(PURPLE, "solid", "x"),
    "expected-reward": PathStyle(GREEN, "dash", "star"),
}

# For other things (ten coefficients, classes): Okabe-Ito's hues, then the same dashed.
CYCLE: tuple[str, ...] = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY_BLUE)
CYCLE_DASHES: tuple[str, ...] = ("solid", "dash", "dot", "dashdot")


def path_style(name: str) -> PathStyle:
    """The style of an optimizer's path, the same on every page.

    Args:
        name: a key of the optimizers' registry, or any other text, which gets a style by its position in
            a fixed cycle (the same text always gets the same style).

    Returns:
        A `PathStyle`.

    Example:
        >>> path_style("adam").color
        '#D55E00'
    """
    if name in PATH_STYLES:
        return PATH_STYLES[name]
    return cycle_style(sum(name.encode()))


def loss_style(name: str) -> PathStyle:
    """The style of a loss's curve, the same on every page.

    Args:
        name: a key of the losses' registry, or any other text, which gets a style by its position in a
            fixed cycle (the same text always gets the same style).

    Returns:
        A `PathStyle`.

    Example:
        >>> loss_style("mse").color, loss_style("cross-entropy").dash
        ('#0072B2', 'dash')
    """
    if name in LOSS_STYLES:
        return LOSS_STYLES[name]
    return cycle_style(sum(name.encode()))


def cycle_style(index: int) -> PathStyle:
    """The style number `index` of a cycle of 24 different ones.

    Args:
        index: a non-negative integer.

    Returns:
        A `PathStyle`.

    Example:
        >>> cycle_style(0).color == BLUE, cycle_style(6).dash
        (True, 'dash')
    """
    dash = CYCLE_DASHES[index // len(CYCLE) % len(CYCLE_DASHES)]
    return PathStyle(CYCLE[index % len(CYCLE)], dash, "circle")


def colourscale(colours: tuple[str, ...] = HEIGHT_COLOURS) -> list[list[float | str]]:
    """A Plotly colour scale with equally spaced `colours`.

    Args:
        colours: two or more CSS colours.

    Returns:
        Pairs [position in 0..1, colour].

    Example:
        >>> colourscale(("#000000", "#ffffff"))
        [[0.0, '#000000'], [1.0, '#ffffff']]
    """
    return [[index / (len(colours) - 1), colour] for index, colour in enumerate(colours)]
