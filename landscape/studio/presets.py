"""Pictures to begin with: each is a page, a state of its controls, and a line on what to look for."""

import base64
from dataclasses import dataclass
from functools import lru_cache

from landscape.studio.texts import ASSETS, N_


@dataclass(frozen=True)
class Preset:
    """A state of a page worth seeing.

    Args:
        name: Lower-case hyphenated name, also of its picture in assets/gallery.
        page: The page's address.
        params: The parameters of its link.
        title: English title, to be translated.
        line: One English sentence, to be translated.
    """

    name: str
    page: str
    params: dict[str, str]
    title: str
    line: str

    @property
    def picture(self) -> str:
        """The picture as a data URI, an SVG."""
        return _picture(self.name)


@lru_cache(maxsize=64)
def _picture(name: str) -> str:
    svg = (ASSETS / "gallery" / f"{name}.svg").read_bytes()
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


PRESETS = (
    Preset(
        "bent-valley",
        "paths",
        {
            "landscape": "rosenbrock",
            "optimizers": "gd,momentum,adam",
            "guess": "true",
            "lr-gd": "0.001",
            "lr-momentum": "0.0005",
            "lr-adam": "0.1",
            "steps": "1000",
        },
        N_("A valley that bends"),
        N_("Down is easy, along is slow: momentum overshoots, Adam takes the curve."),
    ),
    Preset(
        "ravine",
        "paths",
        {
            "landscape": "ravine",
            "optimizers": "gd,momentum",
            "guess": "true",
            "lr-gd": "0.078",
            "lr-momentum": "0.02",
            "steps": "60",
        },
        N_("Just below the limit"),
        N_("With η close to 2/λₘₐₓ gradient descent zigzags. Push it over 0.08 and it diverges."),
    ),
    Preset(
        "saddle",
        "paths",
        {
            "landscape": "saddle",
            "optimizers": "gd,newton-undamped,newton",
            "guess": "true",
            "x": "1.6",
            "y": "0.02",
            "lr-gd": "0.1",
            "steps": "40",
            "height": "linear",
        },
        N_("A saddle is not a minimum"),
        N_("Newton’s method without damping runs straight to the saddle; gradient descent only lingers."),
    ),
    Preset(
        "plateau",
        "paths",
        {
            "landscape": "plateau",
            "optimizers": "gd,momentum,adam",
            "guess": "true",
            "x": "-2",
            "y": "3.5",
            "lr-gd": "0.1",
            "lr-momentum": "0.1",
            "lr-adam": "0.1",
            "steps": "200",
        },
        N_("Where gradients vanish"),
        N_("On the flat shelf of a sigmoid gradient descent all but stops; momentum and Adam walk on."),
    ),
    Preset(
        "cliff",
        "paths",
        {
            "landscape": "cliff",
            "optimizers": "gd,adam",
            "guess": "true",
            "lr-gd": "0.1",
            "lr-adam": "0.1",
            "steps": "60",
        },
        N_("Thrown back by a cliff"),
        N_("One steep wall, one learning rate too large, and all the progress is lost."),
    ),
    Preset(
        "thrown-stone",
        "paths",
        {
            "landscape": "thrown-stone",
            "model": "polynomial",
            "loss": "mse",
            "optimizers": "gd,gauss-newton",
            "guess": "true",
            "steps": "200",
        },
        N_("A thrown stone"),
        N_("Measured heights decide the parabola: Gauss–Newton needs one step, gradient descent many."),
    ),
    Preset(
        "many-minima",
        "paths",
        {
            "landscape": "rastrigin",
            "optimizers": "gd,momentum,adam",
            "guess": "true",
            "lr-momentum": "0.005",
            "height": "linear",
            "steps": "150",
        },
        N_("Many minima"),
        N_("Where you start decides where you end. Click somewhere else."),
    ),
    Preset(
        "four-minima",
        "surfaces",
        {"landscape": "himmelblau", "critical": "true", "height": "log"},
        N_("Four minima, four saddles, one hill"),
        N_("Himmelblau’s function with every critical point by its kind."),
    ),
    Preset(
        "outliers",
        "surfaces",
        {"landscape": "line-with-outliers", "model": "linear", "loss": "huber"},
        N_("A few bad points"),
        N_("Change the loss from Huber to squared error and see the minimum move."),
    ),
    Preset(
        "tumours",
        "surfaces",
        {"landscape": "breast-cancer", "model": "logistic", "loss": "binary-cross-entropy"},
        N_("Two measurements of a tumour"),
        N_("Cross-entropy is one valley; squared error on the same data has flat shelves."),
    ),
    Preset(
        "what-losses-punish",
        "losses",
        {"losses-curves": "mse,mae,huber,log-cosh"},
        N_("What a loss punishes"),
        N_("Squared, absolute, Huber: the curves, and the slopes that the optimizer feels."),
    ),
    Preset(
        "vanishing",
        "losses",
        {"topic": "vanishing", "depth-vanishing": "3"},
        N_("Gradients that vanish"),
        N_("Cross-entropy keeps the last unit alive, but not the deep ones."),
    ),
    Preset(
        "one-point-against-all",
        "losses",
        {"topic": "outliers"},
        N_("One point against all"),
        N_("Click the outlier somewhere else: whose line follows it, and whose valley?"),
    ),
    Preset(
        "rare-class",
        "losses",
        {"topic": "imbalance", "share-imbalance": "0.03"},
        N_("A class that is rare"),
        N_("97 % accuracy and nothing found: what balancing changes, and what a threshold does as well."),
    ),
    Preset(
        "how-far-apart",
        "losses",
        {"topic": "distributions"},
        N_("How far apart?"),
        N_("Two distributions drift apart: Jensen–Shannon goes flat, Wasserstein does not."),
    ),
    Preset(
        "one-rate",
        "rates",
        {"lr-gd": "0.078"},
        N_("One number decides"),
        N_("Crawl, converge, oscillate, diverge: move η and see where the cliff is."),
    ),
    Preset(
        "two-numbers",
        "rates",
        {"study": "two-numbers", "lr-momentum": "0.11", "momentum-momentum": "0.44"},
        N_("Momentum’s triangle"),
        N_("How many steps each pair of η and β needs, and Polyak’s optimum in the corner."),
    ),
    Preset(
        "basins",
        "rates",
        {"study": "basins", "lr-gd": "0.0145"},
        N_("Basins of attraction"),
        N_("Himmelblau’s four basins: their borders fray as η grows. Point at a start to see its path."),
    ),
    Preset(
        "edge-of-stability",
        "rates",
        {"study": "edge", "lr-edge": "0.25"},
        N_("The edge of stability"),
        N_("A network grows sharper until it can barely stand its rate, and stays there."),
    ),
    Preset(
        "border-without-end",
        "rates",
        {"study": "border", "window": "0.65,1.15,0.92,1.22"},
        N_("A border without an end"),
        N_("Which learning rates train a network? Zoom into the border: it is a fractal."),
    ),
    Preset(
        "network",
        "networks",
        {"trained": "true"},
        N_("Train a network"),
        N_("Handwritten digits, learned in a second: the curves grow, and the path runs down its landscape."),
    ),
    Preset(
        "formula",
        "own",
        {
            "formula": "(x*y - 1)^2 + a*(x^2 + y^2)",
            "const-a": "0.1",
            "left-formula": "-2.5",
            "right-formula": "2.5",
            "bottom-formula": "-2.5",
            "top-formula": "2.5",
        },
        N_("Type a landscape"),
        N_("Two layers of one weight each: two minima and a saddle. Move a, or write your own."),
    ),
    Preset(
        "fitted-curve",
        "own",
        {"part": "table", "data-table": "boxbod"},
        N_("A curve through a table"),
        N_("Six measurements, two parameters: which optimizer finds the curve from a bad start?"),
    ),
    Preset(
        "ridge",
        "ridge",
        {"data": "diabetes", "lambda": "50"},
        N_("From a valley to a bowl"),
        N_("Two blood values tell nearly the same story. Ridge decides between them."),
    ),
    Preset(
        "collinear",
        "ridge",
        {"data": "collinear", "rho": "0.99", "lambda": "200", "penalty": "l1"},
        N_("Diamond or circle"),
        N_("Where the ball of the penalty touches the valley: L1 likes corners, L2 does not."),
    ),
)
"""The gallery of the first page, in the order in which a lecture would use it."""
