"""Shapes: whether the arrays that a loss is given fit together, in a notation that can also be read."""

from collections.abc import Sequence

Shape = tuple[int, ...]

REST = "..."
"""Any leading axes, the same for all arguments."""


def check_shapes(names: Sequence[str], shapes: Sequence[Shape], ways: Sequence[Sequence[str]]) -> None:
    """Refuse arrays whose shapes fit together in none of the allowed ways.

    A way gives each argument a pattern: letters are sizes that are equal wherever they stand, numbers
    are sizes, and "..." at the front is any number of axes.

    Args:
        names: Of the arguments, for the message.
        shapes: Of the arrays, one for each name.
        ways: The allowed combinations, one pattern for each name.

    Raises:
        ValueError: Naming the first argument that fits nothing, and the shape that would fit.

    Example:
        >>> check_shapes(("prediction", "target"), [(5, 3), (5,)], [("... k", "...")])
        >>> check_shapes(("prediction", "target"), [(5, 3), (4,)], [("... k", "...")])
        Traceback (most recent call last):
        ValueError: `target` must have the shape (5,), got (4,)
    """
    furthest, complaint = -1, ""
    for way in ways:
        sizes: dict[str, Shape] = {}
        for place, (name, shape, pattern) in enumerate(zip(names, shapes, way, strict=True)):
            if _fits(shape, pattern, sizes):
                continue
            if place > furthest:
                furthest = place
                complaint = f"`{name}` must have the shape {_wanted(pattern, sizes)}, got {shape}"
            break
        else:
            return
    raise ValueError(complaint)


def fitting_shapes(shapes: Sequence[Shape], ways: Sequence[Sequence[str]]) -> bool:
    """Whether shapes fit together in one of the allowed ways.

    Example:
        >>> fitting_shapes([(5, 3), (5,)], [("... k", "...")])
        True
    """
    try:
        check_shapes([""] * len(shapes), shapes, ways)
    except ValueError:
        return False
    return True


def _fits(shape: Shape, pattern: str, sizes: dict[str, Shape]) -> bool:
    """Whether a shape fits a pattern; sizes that are met for the first time are noted."""
    letters = pattern.split()
    if letters[:1] == [REST]:
        letters = letters[1:]
        split = len(shape) - len(letters)
        if split < 0:
            return False
        leading, shape = [(REST, shape[:split])], shape[split:]
    else:
        leading = []
    if len(letters) != len(shape):
        return False
    parts = [*leading, *((letter, (size,)) for letter, size in zip(letters, shape, strict=True))]
    return all(
        part == ((int(letter),) if letter.isdigit() else sizes.setdefault(letter, part))
        for letter, part in parts
    )


def _wanted(pattern: str, sizes: dict[str, Shape]) -> str:
    """The shape that would fit, as Python writes it, with letters where the size is free."""
    words: list[str] = []
    for letter in pattern.split():
        words += [str(size) for size in sizes[letter]] if letter in sizes else [letter]
    return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"
