"""Words on the screen: English in the source, other languages from gettext catalogues and lesson files.

The language belongs to a reader, not to the process: it is asked for at every call. Never translate
inside a cached function (unless the language is part of its key) or at import, or one reader's language
reaches another.
"""

import gettext
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

LANGUAGES = {"en": "English", "ko": "한국어"}
"""Language codes of links (`?lang=ko`), with each language's name in itself."""

KEY = "lang"
"""The query parameter of the language, and the key of its selector."""

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def language() -> str:
    """The code of the reader's language, one of `LANGUAGES`.

    The selector decides, else the link, else the browser; English where none of them helps and
    outside a Streamlit run.

    Example:
        >>> language()
        'en'
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    wishes = (st.session_state.get(KEY), st.query_params.get(KEY))
    return next((wish for wish in wishes if wish in LANGUAGES), first_language())


def first_language() -> str:
    """The language of the reader's browser, English where it is none of `LANGUAGES`."""
    code = (st.context.locale or "").partition("-")[0].lower()
    return code if code in LANGUAGES else "en"


def _(message: str) -> str:
    """The message in the reader's language.

    Values are filled in after translation: `_("Diverged at step {step}").format(step=7)`.

    Example:
        >>> _("Learning rate")
        'Learning rate'
    """
    return catalogue(language()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The singular or the plural for this count, in the reader's language.

    Example:
        >>> ngettext("{count} step", "{count} steps", 3).format(count=3)
        '3 steps'
    """
    return catalogue(language()).ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 (gettext's own name)
    """The message unchanged, marked for the catalogue: for words named at import and translated later.

    Example:
        >>> titles = {"log": N_("Logarithmic")}
        >>> _(titles["log"])
        'Logarithmic'
    """
    return message


def lesson(name: str) -> str:
    """The lesson `assets/lessons/<language>/<name>.md` in the reader's language, as Markdown.

    Raises:
        FileNotFoundError: There is no such lesson.
    """
    return (ASSETS / "lessons" / language() / f"{name}.md").read_text(encoding="utf-8")


@lru_cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The compiled catalogue of one language; English is its own."""
    return gettext.translation("landscape", ASSETS / "locale", [code], fallback=code == "en")
