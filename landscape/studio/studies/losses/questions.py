"""Questions: from what is asked of a model to an advice, in few steps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from landscape.studio.studies.losses.advice import ADVICE, Advice
from landscape.studio.texts import N_


@dataclass(frozen=True)
class Question:
    """A question with its answers.

    Args:
        text: English words, to be translated.
        answers: By their name in the link: English words, and the name of the question or of the advice
            that they lead to.
    """

    text: str
    answers: Mapping[str, tuple[str, str]]


QUESTIONS: Mapping[str, Question] = {
    "task": Question(
        N_("What is the model to say?"),
        {
            "number": (N_("a number"), "errors"),
            "count": (N_("a count"), "size"),
            "two": (N_("yes or no"), "wish"),
            "several": (N_("one of several classes"), "labels"),
            "labels": (N_("several labels"), "present"),
            "mask": (N_("a mask"), "object"),
            "likeness": (N_("how alike things are"), "known"),
            "distribution": (N_("a distribution"), "overlap"),
            "action": (N_("what to do"), "expected-reward"),
            "more": (N_("more than a fit"), "more"),
        },
    ),
    "errors": Question(
        N_("How do its errors look?"),
        {
            "alike": (N_("alike everywhere"), "range"),
            "outliers": (N_("a few are far off"), "far"),
            "varies": (N_("larger here than there"), "gaussian-nll"),
            "sides": (N_("one side costs more"), "quantile"),
            "units": (N_("several, in different units"), "weighted-least-squares"),
        },
    ),
    "range": Question(
        N_("Where can the number lie?"),
        {
            "anywhere": (N_("anywhere"), "mse"),
            "share": (N_("between 0 and 1"), "binary-cross-entropy-of-shares"),
            "decades": (N_("above 0, over powers of ten"), "mse-of-logarithms"),
        },
    ),
    "far": Question(
        N_("Where does “far off” begin?"),
        {
            "known": (N_("at a known size δ"), "huber"),
            "unknown": (N_("hard to say"), "log-cosh"),
            "median": (N_("no matter: hear the majority"), "mae"),
        },
    ),
    "size": Question(
        N_("How large are the counts?"),
        {
            "small": (N_("up to some dozens"), "poisson-nll"),
            "large": (N_("hundreds and more"), "gaussian-nll-of-counts"),
        },
    ),
    "wish": Question(
        N_("What do you want of the answer?"),
        {
            "probability": (N_("how likely a yes is"), "rare"),
            "border": (N_("only the decision"), "mistakes"),
        },
    ),
    "rare": Question(
        N_("How often is it a yes?"),
        {
            "even": (N_("about as often as a no"), "binary-cross-entropy"),
            "rare": (N_("rarely, and each one matters"), "balanced-cross-entropy"),
            "easy": (N_("rarely, most cases are easy"), "focal"),
        },
    ),
    "mistakes": Question(
        N_("What of an example far on the wrong side?"),
        {
            "linear": (N_("it counts as far as it lies"), "hinge"),
            "squared": (N_("it counts much more"), "squared-hinge"),
        },
    ),
    "labels": Question(
        N_("What about the labels?"),
        {
            "trusted": (N_("they can be trusted"), "output"),
            "doubtful": (N_("some are wrong or disputed"), "label-smoothing"),
            "rare": (N_("some classes are rare"), "balanced-cross-entropy-of-several"),
            "words": (N_("the next words of a text"), "perplexity"),
        },
    ),
    "output": Question(
        N_("What comes out of the model?"),
        {
            "logits": (N_("a score for each class"), "cross-entropy"),
            "probabilities": (N_("probabilities already"), "categorical-cross-entropy"),
        },
    ),
    "present": Question(
        N_("How many labels hold at once?"),
        {
            "some": (N_("a fair part of them"), "binary-cross-entropy-of-labels"),
            "few": (N_("very few of very many"), "focal-of-labels"),
        },
    ),
    "object": Question(
        N_("How large is the object?"),
        {
            "half": (N_("about half of the picture"), "binary-cross-entropy-of-pixels"),
            "small": (N_("small"), "dice"),
            "both": (N_("small, and missed at first"), "dice-cross-entropy"),
            "varied": (N_("now tiny, now huge"), "generalized-dice"),
        },
    ),
    "known": Question(
        N_("What do you know of the examples?"),
        {
            "pairs": (N_("which pairs belong together"), "contrastive"),
            "triples": (N_("which of two is more alike"), "triplet"),
            "order": (N_("which of two is better"), "pairwise-ranking"),
        },
    ),
    "overlap": Question(
        N_("Do the two distributions overlap?"),
        {
            "covers": (N_("yes, one covers the other"), "kl-divergence"),
            "equals": (N_("yes, and neither comes first"), "js-divergence"),
            "apart": (N_("perhaps not at all"), "wasserstein"),
            "samples": (N_("there are only samples"), "wasserstein-critic"),
        },
    ),
    "more": Question(
        N_("What else matters?"),
        {
            "few": (N_("few features"), "l1"),
            "small": (N_("small weights"), "l2"),
            "both": (N_("few, but like ones together"), "elastic-net"),
            "aims": (N_("a second aim"), "weighted-sum"),
            "tasks": (N_("a task in other units"), "uncertainty-weighting"),
            "fair": (N_("two groups treated alike"), "demographic-parity"),
        },
    ),
}
"""Every question by its name; no name is that of an advice."""

FIRST = "task"
"""The name of the first one."""

Path = Sequence[tuple[str, str]]
"""Names of questions with the names of their answers, in order."""


def follow(answer: Callable[[str], str]) -> tuple[Path, Advice]:
    """Ask until there is an advice.

    Args:
        answer: The name of a question to the name of the answer that is given.

    Returns:
        The questions that were asked, with their answers; and the advice.

    Raises:
        KeyError: An answer is none of its question's.

    Example:
        >>> path, advice = follow({"task": "number", "errors": "outliers", "far": "known"}.__getitem__)
        >>> len(path), advice.loss
        (3, 'huber')
    """
    path, name = [], FIRST
    while name in QUESTIONS:
        given = answer(name)
        path.append((name, given))
        name = QUESTIONS[name].answers[given][1]
    return path, ADVICE[name]


def ways(name: str = FIRST) -> Iterator[tuple[Path, Advice]]:
    """Every path of answers from a question on, and where it ends.

    Example:
        >>> path, advice = next(ways())
        >>> path, advice.loss
        ([('task', 'number'), ('errors', 'alike'), ('range', 'anywhere')], 'mse')
    """
    for answer, (_words, follows) in QUESTIONS[name].answers.items():
        if follows in ADVICE:
            yield [(name, answer)], ADVICE[follows]
        else:
            for path, advice in ways(follows):
                yield [(name, answer), *path], advice
