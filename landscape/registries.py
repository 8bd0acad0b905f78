"""Registries: the catalogues that feed the selectors, the links, the tests and the README."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Protocol, TypeVar


class Named(Protocol):
    """Anything with a lower-case hyphenated name."""

    @property
    def name(self) -> str:
        """The text of a link."""
        ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Mapping[str, Entry]):
    """An immutable mapping from lower-case hyphenated names to entries.

    A name is the text of a link, so it never changes once published. An unknown name
    raises a `KeyError` that says which names there are.

    Args:
        kind: What an entry is, in the singular, for messages: "optimizer".
        entries: The entries, in the order in which a reader should meet them.

    Raises:
        ValueError: Two entries share a name.

    Example:
        >>> from landscape import FUNCTIONS
        >>> "rosenbrock" in FUNCTIONS
        True
        >>> FUNCTIONS["rosenbrok"]
        Traceback (most recent call last):
        KeyError: "there is no function 'rosenbrok'; did you mean 'rosenbrock'?"
    """

    def __init__(self, kind: str, entries: Iterable[Entry]):
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.name in self._entries:
                raise ValueError(f"two entries of kind {kind} are named {entry.name!r}")
            self._entries[entry.name] = entry

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            near = get_close_matches(str(name), self._entries, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(self)}"
            raise KeyError(f"there is no {self.kind} {name!r}; {hint}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Registry({self.kind!r}: {', '.join(self)})"
