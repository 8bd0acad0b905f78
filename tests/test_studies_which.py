"""Which loss? Every path of answers ends at a loss, every loss is reached, and the page says and links it."""

import numpy as np
from taking import loaded, numbers, printed, table, taken
from visiting import rerun, text, visit, warnings

from landscape import LOSSES, loss_landscape
from landscape.losses import SupervisedLoss
from landscape.studio.studies.losses import STUDIES
from landscape.studio.studies.losses.advice import ADVICE
from landscape.studio.studies.losses.questions import FIRST, QUESTIONS, follow, ways
from landscape.studio.studies.losses.which import key_of

WHICH = {"topic": "which"}
LONGEST = 28
"""Letters of an answer that fit on its button."""


def test_every_path_ends_at_a_loss_after_at_most_four_questions():
    for path, advice in ways():
        assert advice.loss in LOSSES
        assert 1 <= len(path) <= 4
        assert len({name for name, _answer in path}) == len(path), "no question is put twice"


def test_every_loss_is_reached():
    reached = {advice.loss for _path, advice in ways()}
    assert reached >= {name for name, loss in LOSSES.items() if isinstance(loss, SupervisedLoss)}
    assert reached == set(LOSSES)


def test_every_question_and_every_advice_is_on_a_path():
    asked = {name for path, _advice in ways() for name, _answer in path}
    assert asked == set(QUESTIONS)
    followed = {follows for question in QUESTIONS.values() for _words, follows in question.answers.values()}
    assert followed | {FIRST} == set(QUESTIONS) | set(ADVICE)
    assert not set(QUESTIONS) & set(ADVICE)


def test_every_question_is_one_and_its_answers_differ_and_fit():
    for question in QUESTIONS.values():
        words = [words for words, _follows in question.answers.values()]
        assert question.text.endswith("?")
        assert len(words) >= 2
        assert len(set(words)) == len(words)
        assert max(map(len, words)) <= LONGEST, words


def test_following_the_answers_of_a_path_ends_where_it_ends():
    for path, advice in ways():
        assert follow(dict(path).__getitem__) == (path, advice)


def test_an_advice_leads_to_a_topic_that_there_is():
    assert {advice.topic for advice in ADVICE.values()} <= {"", *STUDIES}
    assert not {advice.topic for advice in ADVICE.values()} & {"which", "curves"}, "which leads nowhere new"


def shown(link):
    """The page at the end of a path."""
    app = visit("losses", WHICH, **link)
    assert not warnings(app)
    return app, text(app)


def test_the_page_begins_with_an_advice_and_asks_on_where_the_answer_asks():
    app, said = shown({})
    assert f"#### {LOSSES['mse'].title}" in said
    app.session_state[key_of("errors")] = "outliers"
    rerun(app)
    said = text(app)
    huber = LOSSES["huber"]
    assert "a number → a few are far off → at a known size δ →" in said
    for part in (f"#### {huber.title}", ADVICE["huber"].why, huber.formula, "**identity**", huber.likelihood):
        assert part in said
    for link in (
        "surfaces?landscape=huber&lang=en",
        "losses?topic=curves&over-curves=residual&losses-curves=mse,mae,huber&lang=en",
        "losses?topic=outliers&lang=en",
    ):
        assert link in said
    assert app.query_params == {"topic": "which", "errors-which": "outliers"}


def test_a_link_holds_all_answers_and_unknown_ones_are_told():
    _app, said = shown({"task-which": "likeness", "known-which": "order"})
    assert f"#### {LOSSES['pairwise-ranking'].title}" in said
    app = visit("losses", WHICH, **{"errors-which": "outliers", "far-which": "somewhere"})
    [note] = warnings(app)
    assert "somewhere" in note
    assert f"#### {LOSSES['huber'].title}" in text(app)


def test_what_is_taken_along_is_the_landscape_and_the_script_makes_it_again(monkeypatch):
    link = WHICH | {"task-which": "action"}
    app, offers = taken(monkeypatch, "losses", link)
    assert f"#### {LOSSES['expected-reward'].title}" in text(app)
    arrays, columns = loaded(offers), table(offers)
    objective = loss_landscape(LOSSES["expected-reward"])
    for row, column in ((0, 0), (5, 77), (128, 30)):
        point = np.array([arrays["x"][column], arrays["y"][row]])
        np.testing.assert_allclose(arrays["loss"][row, column], objective.loss(point), rtol=1e-12)
    np.testing.assert_array_equal(numbers(columns["loss"]), arrays["loss"].ravel())
    said = printed(offers["script"]()).split()
    np.testing.assert_allclose(
        [float(said[1]), float(said[3])], [arrays["loss"].min(), arrays["loss"].max()], rtol=1e-5
    )
