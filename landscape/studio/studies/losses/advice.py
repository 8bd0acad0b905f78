"""Advice: why a loss is the right one, and where it can be seen at work."""

from collections.abc import Mapping
from dataclasses import dataclass

from landscape.studio.texts import N_


@dataclass(frozen=True)
class Advice:
    """Where a path of questions ends.

    Args:
        loss: A name of `LOSSES`.
        why: English words, one to three sentences, to be translated.
        topic: The topic of the page Losses that shows it at work; empty for none.
    """

    loss: str
    why: str
    topic: str = ""


ADVICE: Mapping[str, Advice] = {
    "mse": Advice(
        "mse",
        N_(
            "Errors that add up from many small causes are Gaussian, and of a Gaussian the squared error "
            "is the likelihood. Begin here, and leave only for a reason."
        ),
        "origin",
    ),
    "mse-of-logarithms": Advice(
        "mse",
        N_(
            "Let the model predict the logarithm, and take the squared error of that: a factor of two is "
            "then the same mistake everywhere."
        ),
        "origin",
    ),
    "mae": Advice(
        "mae",
        N_(
            "The best constant is then the median: how far an outlier lies makes no difference at all. "
            "The price is a corner at 0."
        ),
        "outliers",
    ),
    "huber": Advice(
        "huber",
        N_(
            "Below δ it is the squared error, beyond it grows only as fast as the distance: an outlier "
            "pulls, but with a force that has a limit."
        ),
        "outliers",
    ),
    "log-cosh": Advice(
        "log-cosh",
        N_(
            "Round at the bottom and straight far out as Huber’s, with no number to choose; and it has "
            "all derivatives, which second-order optimizers like."
        ),
        "outliers",
    ),
    "quantile": Advice(
        "quantile",
        N_(
            "The two sides of the V have different slopes. The fit then leaves the share τ of the targets "
            "below it: stock for nine days out of ten is τ = 0.9."
        ),
        "outliers",
    ),
    "weighted-least-squares": Advice(
        "weighted-least-squares",
        N_(
            "Metres and degrees cannot be added. A weight for each, best one over the variance of its "
            "errors, makes them comparable: so a detector learns where a box is and how large."
        ),
    ),
    "gaussian-nll": Advice(
        "gaussian-nll",
        N_(
            "Let the model say two numbers, what it expects and how sure it is: where it expects noise, "
            "an error costs less, and to claim noise everywhere costs, too."
        ),
        "origin",
    ),
    "gaussian-nll-of-counts": Advice(
        "gaussian-nll",
        N_(
            "Large counts are nearly Gaussian, but their spread grows with them, often faster than "
            "Poisson’s: let the model say the spread as well."
        ),
        "origin",
    ),
    "poisson-nll": Advice(
        "poisson-nll",
        N_(
            "Small counts are never negative and scatter more where there are more of them. Poisson knows "
            "both; the exponential makes the rate positive."
        ),
        "origin",
    ),
    "binary-cross-entropy": Advice(
        "binary-cross-entropy",
        N_(
            "It is the likelihood of a coin whose bias the model predicts: honest probabilities cost "
            "least, and to be certain and wrong costs without end."
        ),
        "by-hand",
    ),
    "binary-cross-entropy-of-shares": Advice(
        "binary-cross-entropy",
        N_(
            "A number from 0 to 1 is a share, and cross-entropy takes shares as targets. Behind a sigmoid "
            "its slope does not die where the answer is wrong by a lot; that of the squared error does."
        ),
        "vanishing",
    ),
    "binary-cross-entropy-of-labels": Advice(
        "binary-cross-entropy",
        N_(
            "Each label is a yes or no of its own, with a sigmoid of its own: softmax would make them "
            "compete. Add up the cross-entropies."
        ),
        "by-hand",
    ),
    "binary-cross-entropy-of-pixels": Advice(
        "binary-cross-entropy",
        N_(
            "Each pixel is a yes or no. As long as neither prevails, the plain cross-entropy of the "
            "pixels is the smoothest way."
        ),
        "segmentation",
    ),
    "cross-entropy": Advice(
        "cross-entropy",
        N_(
            "Softmax and logarithm are one function here, which stays exact where probabilities would "
            "round to 0. Its slope is as simple as can be: y − t."
        ),
        "by-hand",
    ),
    "categorical-cross-entropy": Advice(
        "categorical-cross-entropy",
        N_(
            "The same loss for two lists of probabilities. If you can get at the scores before the "
            "softmax, use those: they keep more digits."
        ),
        "by-hand",
    ),
    "balanced-cross-entropy": Advice(
        "balanced-cross-entropy",
        N_(
            "Each class gets the same say, however few its examples are. Remember that the probabilities "
            "are then those of a world with as many yeses as noes."
        ),
        "imbalance",
    ),
    "balanced-cross-entropy-of-several": Advice(
        "balanced-cross-entropy",
        N_(
            "Each class gets the same say, however few its examples are. Read the probabilities "
            "accordingly: they are those of a world in which all classes are equally frequent."
        ),
        "imbalance",
    ),
    "focal": Advice(
        "focal",
        N_(
            "A thousand obvious examples would together outweigh the few that are not. The factor "
            "$(1 - p)^\\gamma$ makes what is already right hardly count."
        ),
        "imbalance",
    ),
    "focal-of-labels": Advice(
        "focal",
        N_(
            "A yes or no for each label; but nearly all are an obvious no, and together these would drown "
            "the few yeses. Focal lets them fade."
        ),
        "imbalance",
    ),
    "hinge": Advice(
        "hinge",
        N_(
            "What is right by a margin costs exactly nothing, so only the examples near the border, or "
            "beyond it, decide where it runs: a support vector machine."
        ),
    ),
    "squared-hinge": Advice(
        "squared-hinge",
        N_(
            "As the hinge, but without its corner and harder on what lies far on the wrong side. With "
            "labels that may be wrong, take the plain one."
        ),
    ),
    "label-smoothing": Advice(
        "label-smoothing",
        N_(
            "A little of each target goes to the other classes: certainty never pays, and one wrong label "
            "cannot cost without end for a sensible answer."
        ),
    ),
    "perplexity": Advice(
        "perplexity",
        N_(
            "Descend the cross-entropy, and report its exponential: a perplexity of 20 means that the "
            "model hesitates as if among 20 equal words."
        ),
    ),
    "contrastive": Advice(
        "contrastive",
        N_(
            "Pairs that belong together are pulled to one place, the others pushed a margin apart. "
            "Without the margin everything would fall together, and cost nothing."
        ),
        "embeddings",
    ),
    "triplet": Advice(
        "triplet",
        N_(
            "Only comparisons count, not distances as such: the like one should be nearer than the unlike "
            "one, by a margin."
        ),
        "embeddings",
    ),
    "pairwise-ranking": Advice(
        "pairwise-ranking",
        N_(
            "Scores have no meaning of their own, only their order has: the better one should lead by a "
            "margin. So search results are ranked."
        ),
        "embeddings",
    ),
    "kl-divergence": Advice(
        "kl-divergence",
        N_(
            "It asks how many surprises the model causes beyond those that cannot be helped, and is "
            "infinite where it rules out what happens. To minimize it is to maximize the likelihood."
        ),
        "distributions",
    ),
    "js-divergence": Advice(
        "js-divergence",
        N_(
            "Both are compared with their mixture, so it is symmetric and never more than log 2. But "
            "where they do not meet it stands still at log 2 and shows no way."
        ),
        "distributions",
    ),
    "wasserstein": Advice(
        "wasserstein",
        N_(
            "It measures how far mass must be carried, so there is a slope even from far away, where the "
            "divergences are flat or infinite."
        ),
        "distributions",
    ),
    "wasserstein-critic": Advice(
        "wasserstein-critic",
        N_(
            "Carrying mass is too costly to compute there. A critic learns it instead, from samples "
            "alone: the best critic of slope at most 1 measures the Wasserstein distance."
        ),
        "distributions",
    ),
    "dice": Advice(
        "dice",
        N_(
            "To say “background” everywhere is nearly right, pixel by pixel. Dice asks for the overlap "
            "instead, and of that “background” has none."
        ),
        "segmentation",
    ),
    "generalized-dice": Advice(
        "generalized-dice",
        N_(
            "Each class is divided by the square of its size, so that the tiny ones have the same say as "
            "the huge ones."
        ),
        "segmentation",
    ),
    "dice-cross-entropy": Advice(
        "dice-cross-entropy",
        N_(
            "Far from the object Dice is flat, since there is no overlap to gain; cross-entropy has a "
            "slope there. Near it, Dice cares for the shape."
        ),
        "segmentation",
    ),
    "l1": Advice(
        "l1",
        N_(
            "Add the sum of the absolute weights: its corner at 0 holds those fast that are not needed. "
            "What remains can be read."
        ),
    ),
    "l2": Advice(
        "l2",
        N_(
            "Add the sum of the squared weights: a long flat valley gets one bottom, and features that "
            "say nearly the same share their weight."
        ),
    ),
    "elastic-net": Advice(
        "elastic-net",
        N_("A part of both penalties: weights become 0, but features that say the same stay together."),
    ),
    "weighted-sum": Advice(
        "weighted-sum",
        N_(
            "Say what a little more of one may cost in the other; that is the share. Draw the fits for "
            "several shares before you settle on one."
        ),
    ),
    "uncertainty-weighting": Advice(
        "uncertainty-weighting",
        N_(
            "Nobody knows how many metres a degree is worth. Let the model learn the noise of each task, "
            "and divide each loss by its own."
        ),
    ),
    "demographic-parity": Advice(
        "demographic-parity",
        N_(
            "Add what the rates of favourable answers of both groups differ by. It costs accuracy "
            "wherever the groups differ in the data; how much is for people to decide."
        ),
    ),
    "expected-reward": Advice(
        "expected-reward",
        N_(
            "There is no right answer to compare with, only a reward for what was tried. Maximize its "
            "mean; REINFORCE estimates that slope from tries."
        ),
    ),
}
"""Every end by its name; a loss that is right for several reasons has several."""
