"""Keep the catalogues in step with the source: `python tests/catalogues.py`.

Collects every `_()`, `N_()` and `ngettext()` of the studio and every title of the registries, adds
what is new to assets/locale/*/LC_MESSAGES/landscape.po, removes what is gone, and compiles. New
messages come empty: translate them, run this again, and commit the .po and the .mo.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "assets" / "locale"
NUM_MESSAGES = {"_": 1, "N_": 1, "ngettext": 2}
"""How many arguments of a marking function are messages."""

WORDS_OF_ENTRIES = ("title", "description", "use", "target_name", "statement", "likelihood", "meaning")
"""The fields of a registry's entries that a reader sees as sentences."""


def codes() -> list[str]:
    """The languages that need a catalogue: all but the source's own."""
    sys.path.insert(0, str(ROOT))
    from landscape.studio.texts import LANGUAGES

    return [code for code in LANGUAGES if code != "en"]


def path(code: str) -> Path:
    """The catalogue of a language, for people; the compiled one stands beside it."""
    return LOCALE / code / "LC_MESSAGES" / "landscape.po"


def messages_of_the_source() -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Every marked message of the studio, with the file it stands in."""
    for file in sorted((ROOT / "landscape" / "studio").rglob("*.py")):
        if file.name != "texts.py":  # whose examples are not on the screen
            for message in marked(file.read_text(encoding="utf-8")):
                yield message, file.relative_to(ROOT).as_posix()


def marked(source: str) -> Iterator[str | tuple[str, ...]]:
    """The messages that a program marks, those inside f-strings too, which Babel's extractor passes over.

    Example:
        >>> list(marked("_('a' 'b'), _(name), ngettext('{n} step', '{n} steps', 2)"))
        ['ab', ('{n} step', '{n} steps')]
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            count = NUM_MESSAGES.get(node.func.id, 0)
            texts = [each.value for each in node.args[:count] if isinstance(each, ast.Constant)]
            if texts and len(texts) == count and all(texts):
                yield texts[0] if count == 1 else tuple(texts)


def messages_of_the_registries() -> Iterator[tuple[str, str]]:
    """The words of every entry of every registry, with its classes, hyper-parameters and quantities."""
    import landscape
    from landscape.datasets import KINDS as TABLE_KINDS
    from landscape.formulas import FINDINGS, KINDS
    from landscape.likelihoods import LIKELIHOODS
    from landscape.models import INITIALIZATIONS
    from landscape.tasks import TASKS
    from landscape.tasks.location_scale import SHAPES

    kinds = ("FUNCTIONS", "DATASETS", "MODELS", "LOSSES", "OPTIMIZERS", "SCHEDULES")
    registries = {kind: getattr(landscape, kind) for kind in kinds}
    registries |= {"TASKS": TASKS, "LIKELIHOODS": LIKELIHOODS, "SHAPES": SHAPES}
    registries |= {"INITIALIZATIONS": INITIALIZATIONS}
    for kind, sentences in {"KINDS": KINDS, "FINDINGS": FINDINGS}.items():
        yield from ((sentence, f"formulas.{kind}") for sentence in sentences.values())
    yield from ((sentence, "datasets.KINDS") for sentence in TABLE_KINDS.values())
    for kind, registry in registries.items():
        for entry in registry.values():
            parts = (
                *getattr(entry, "hyperparameters", ()),
                *getattr(entry, "inner", ()),
                *getattr(entry, "quantities", {}).values(),
            )
            for thing in (entry, *parts):
                words = [getattr(thing, field, "") for field in WORDS_OF_ENTRIES]
                axes = [axis for axis in getattr(thing, "axes", ()) if " " in axis]
                for message in filter(any_letter, (*words, *axes, *getattr(thing, "class_names", ()))):
                    yield message, kind


def any_letter(message: str) -> bool:
    """Whether there is something to translate; a digit's class is its digit in every language."""
    return any(letter.isalpha() for letter in message)


def template() -> Catalog:
    """All messages that a reader may see, untranslated."""
    catalog = Catalog()
    found: Iterable[tuple[str | tuple[str, ...], str]] = (
        *messages_of_the_source(),
        *messages_of_the_registries(),
    )
    places: dict[str | tuple[str, ...], set[str]] = {}
    for message, place in found:
        places.setdefault(message, set()).add(place)
    for message, where in sorted(places.items(), key=lambda item: (sorted(item[1]), str(item[0]))):
        catalog.add(message, locations=[(place, None) for place in sorted(where)])
    return catalog


def load(code: str) -> Catalog:
    """The catalogue of a language as committed, or an empty one."""
    if not path(code).exists():
        return Catalog(locale=code)
    with path(code).open("rb") as file:
        return read_po(file, locale=code)


def load_compiled(code: str) -> Catalog:
    """The compiled catalogue of a language as committed."""
    with path(code).with_suffix(".mo").open("rb") as file:
        return read_mo(file)


def update(code: str) -> Catalog:
    """Bring one language's catalogue up to date on disk, and compile it."""
    catalog = load(code)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.project = "Landscape"
    catalog.header_comment = f"# {catalog.locale.english_name} words of Landscape."
    catalog.fuzzy = False
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # no noise in diffs
    path(code).parent.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, catalog, width=100, include_lineno=False)
    path(code).write_bytes(text.getvalue())
    with path(code).with_suffix(".mo").open("wb") as file:
        write_mo(file, load(code))
    return catalog


def main() -> None:
    """Update every language and say what is left to translate."""
    for code in codes():
        catalog = update(code)
        missing = [message.id for message in catalog if message.id and not any(texts(message.string))]
        print(f"{code}: {len(catalog)} messages, {len(missing)} to translate")
        for message in missing:
            print(f"  {message!r}")


def texts(value: str | Iterable[str] | None) -> tuple[str, ...]:
    """A message or its plural forms, as a tuple."""
    return (value or "",) if isinstance(value, str | None) else tuple(value)


if __name__ == "__main__":
    main()
