"""Every word on the screen exists in every language, and says the same."""

import re
from string import Formatter

import catalogues
import pytest
from streamlit.testing.v1 import AppTest

from landscape.studio.texts import ASSETS, LANGUAGES, _, catalogue, language, lesson

CODES = [code for code in LANGUAGES if code != "en"]
LESSONS = ASSETS / "lessons"


@pytest.fixture(scope="module")
def messages():
    return [message for message in catalogues.template() if message.id]


def ids(catalog):
    return {message.id for message in catalog if message.id}


def placeholders(text):
    """The names in braces; braces of LaTeX count as text."""
    try:
        return sorted(
            field for _text, field, _spec, _conversion in Formatter().parse(text) if field is not None
        )
    except ValueError:
        return []


def formulas(text):
    return sorted(re.findall(r"\$[^$]+\$", text))


def test_messages_are_found_wherever_they_are_marked():
    source = """
title = N_("a")
label = f"{_('b')} {name} {_('c' if name else 'd')}"
more = [_(title), _("e" "f"), ngettext("{n} step", "{n} steps", count), other("g")]
"""
    assert set(catalogues.marked(source)) == {"a", "b", "ef", ("{n} step", "{n} steps")}


@pytest.mark.parametrize("code", CODES)
def test_the_catalogue_holds_exactly_the_messages_of_the_source(code, messages):
    assert ids(catalogues.load(code)) == ids(messages), "run python tests/catalogues.py"


@pytest.mark.parametrize("code", CODES)
def test_every_message_is_translated(code):
    missing = [
        message.id
        for message in catalogues.load(code)
        if message.id and not all(text.strip() for text in catalogues.texts(message.string))
    ]
    assert not missing, f"no {LANGUAGES[code]} for these"


@pytest.mark.parametrize("code", CODES)
def test_no_translation_is_fuzzy(code):
    assert not [message.id for message in catalogues.load(code) if message.id and message.fuzzy]


@pytest.mark.parametrize("code", CODES)
def test_the_compiled_catalogue_is_that_of_the_source(code):
    compiled, written = (
        {catalogues.texts(message.id): catalogues.texts(message.string) for message in catalog if message.id}
        for catalog in (catalogues.load_compiled(code), catalogues.load(code))
    )
    assert compiled == {key: forms for key, forms in written.items() if any(forms)}, "run tests/catalogues.py"


@pytest.mark.parametrize("code", CODES)
def test_translations_keep_placeholders_and_formulas(code):
    for message in catalogues.load(code):
        if message.id:
            source = catalogues.texts(message.id)[-1]
            for text in catalogues.texts(message.string):
                assert placeholders(text) == placeholders(source), message.id
                assert formulas(text) == formulas(source), message.id


def test_messages_are_whole(messages):
    assert len(messages) > 100
    for message in messages:
        for text in catalogues.texts(message.id):
            assert text == text.strip(), f"white space belongs to the layout, not to {text!r}"


@pytest.mark.parametrize(
    "path", sorted(LESSONS.glob("*/*.md")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_lesson_exists_in_every_language_and_ends_with_something_to_try(path):
    for code in LANGUAGES:
        assert (LESSONS / code / path.name).exists(), f"no {path.name} in {LANGUAGES[code]}"
    text = path.read_text(encoding="utf-8").strip()
    last = [block for block in re.split(r"\n(?=#+ |\*\*)", text) if block.strip()][-1]
    assert re.match(r"(#+ |\*\*)(Try|해 보)", last), "the last paragraph begins with a bold Try or 해 보기"


def test_there_are_lessons():
    assert len(list(LESSONS.glob("en/*.md"))) >= 3


def test_english_outside_a_run():
    assert language() == "en"
    assert _("Learning rate") == "Learning rate"
    assert not _("")


def show():
    import streamlit as st

    from landscape.studio.texts import language

    st.write(language())


def language_shown(lang=None, locale=None, monkeypatch=None):
    from types import SimpleNamespace

    import streamlit as st

    monkeypatch.setattr(st, "context", SimpleNamespace(locale=locale))
    app = AppTest.from_function(show)
    if lang is not None:
        app.query_params["lang"] = lang
    return app.run().markdown[0].value


@pytest.mark.parametrize(
    ("lang", "locale", "expected"),
    [
        (None, None, "en"),
        ("ko", None, "ko"),
        ("en", "ko-KR", "en"),
        (None, "ko-KR", "ko"),
        (None, "KO", "ko"),
        (None, "de-DE", "en"),
        ("xx", "ko-KR", "ko"),
        ("", "en-US", "en"),
    ],
)
def test_the_link_decides_then_the_browser(lang, locale, expected, monkeypatch):
    assert language_shown(lang, locale, monkeypatch) == expected


def test_the_selector_decides_before_the_link():
    app = AppTest.from_function(show)
    app.query_params["lang"] = "en"
    app.session_state["lang"] = "ko"
    assert app.run().markdown[0].value == "ko"


def test_one_reader_does_not_change_the_language_of_another():
    readers = {code: AppTest.from_function(show) for code in LANGUAGES}
    for code, app in readers.items():
        app.query_params["lang"] = code
    for _turn in range(2):
        for code, app in readers.items():
            assert app.run().markdown[0].value == code
    assert language() == "en"


def test_a_catalogue_that_is_missing_is_an_error():
    with pytest.raises(FileNotFoundError):
        catalogue("xx")


def test_a_lesson_that_is_missing_is_an_error():
    with pytest.raises(FileNotFoundError):
        lesson("no-such-lesson")
