"""Weights: a network's parameters as a file of named arrays, and such a file read again with care."""

import hashlib
import io
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import jax
import numpy as np

from landscape.objectives import Params
from landscape.studio.texts import _

SAID = ("settings", "units")
"""What every file says of itself; no parameters."""

RECIPE = "recipe"
"""The name of the text that says how the parameters were trained."""

UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, RuntimeError),  # of the archive
    *(ValueError, TypeError, SyntaxError, tokenize.TokenError, OverflowError, MemoryError),  # of a head in it
)
"""What reading an NPZ file raises, damaged as it may be."""

ROOM = 65_536
"""Bytes that a file may be larger than the numbers in it: names, headers and the recipe."""


class UnusableFileError(ValueError):
    """A file that cannot be used; its text is the reason, in the reader's language."""


@dataclass(frozen=True, eq=False)
class Upload:
    """Parameters that a reader has given.

    Attributes:
        digest: What names them in caches.
        name: Of the file.
        params: Shaped like those of the network.
    """

    digest: str
    name: str
    params: Params


_held: WeakValueDictionary[str, Upload] = WeakValueDictionary()
"""What the sessions hold; it goes when the last of them that holds it lets it go."""


def hold(data: bytes, name: str, wanted: Params) -> Upload:
    """Read a file; whoever keeps the result keeps the parameters.

    Raises:
        UnusableFileError: As of `read`.
    """
    digest = hashlib.sha256(data).hexdigest()
    params = read(data, wanted)
    return _held.setdefault(digest, Upload(digest, name, params))


def held(digest: str) -> Params:
    """The parameters of an upload that somebody still holds.

    Raises:
        LookupError: Nobody holds them any more.
    """
    found = _held.get(digest)
    if found is None:
        raise LookupError(f"nobody holds the upload {digest[:8]}")
    return found.params


def named(params: Params) -> dict[str, np.ndarray]:
    """The arrays of a pytree by names that can be read.

    Example:
        >>> sorted(named({"layers": [{"bias": [1.0], "weights": [[2.0]]}]}))
        ['layers/0/bias/0', 'layers/0/weights/0/0']
    """
    leaves, _structure = jax.tree_util.tree_flatten_with_path(params)
    return {"/".join(map(_word, path)): np.asarray(leaf) for path, leaf in leaves}


def fits(params: Params, wanted: Params) -> bool:
    """Whether parameters have the names, the shapes and the types of others."""
    return _forms(named(params)) == _forms(named(wanted))


def limit(wanted: Params) -> int:
    """How many bytes a file of such parameters may have."""
    return sum(array.nbytes + 1024 for array in named(wanted).values()) + ROOM


def read(data: bytes, wanted: Params) -> Params:
    """Read parameters from a file that a stranger has made.

    Args:
        data: The bytes of an NPZ file.
        wanted: Parameters of the network that they are to be of.

    Returns:
        Parameters of the same structure.

    Raises:
        UnusableFileError: The file is too large, no NPZ file, of another network, or not finite.
    """
    most, forms = limit(wanted), _forms(named(wanted))
    if len(data) > most:
        raise UnusableFileError(_too_large(len(data), most))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # What a small file unpacks to is looked at before anything is unpacked.
            size = sum(entry.file_size for entry in archive.infolist())
            if size > most:
                raise UnusableFileError(_too_large(size, most))
            names = [name.removesuffix(".npy") for name in archive.namelist()]
            _check_names(names, forms)
            for name, (shape, dtype) in forms.items():
                with archive.open(f"{name}.npy") as file:
                    _check_form(name, file, shape, dtype)
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = [file[name] for name in forms]
    except UnusableFileError:
        raise
    except UNREADABLE as error:
        raise UnusableFileError(
            _("The file is no NPZ file that NumPy has written, or it is damaged.")
        ) from error
    for name, array in zip(forms, arrays, strict=True):
        count = int(np.count_nonzero(~np.isfinite(array)))
        if count:
            raise UnusableFileError(
                _("`{layer}` holds {count} numbers that are not finite.").format(layer=name, count=count)
            )
    return jax.tree.unflatten(jax.tree.structure(wanted), arrays)


def _forms(arrays: Mapping[str, np.ndarray]) -> dict[str, tuple[tuple[int, ...], np.dtype]]:
    return {name: (array.shape, array.dtype) for name, array in arrays.items()}


def _check_names(names: list[str], forms: Mapping[str, Any]) -> None:
    missing = [name for name in forms if name not in names]
    if missing:
        raise UnusableFileError(
            _("The file is of another network: it has no `{layer}`.").format(layer=missing[0])
        )
    further = [name for name in names if name not in forms and name not in (RECIPE, *SAID)]
    if further:
        raise UnusableFileError(
            _("The file is of another network: this one has no `{layer}`.").format(layer=_plain(further[0]))
        )


def _check_form(name: str, file: Any, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Compare a head with what is wanted before the numbers are read."""
    version = np.lib.format.read_magic(file)
    read_head = (
        np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    )
    got, _order, kind = read_head(file)
    if got != shape:
        raise UnusableFileError(
            _(
                "The file is of another network: `{layer}` has the shape {got}, and {wanted} is wanted."
            ).format(layer=name, got=_shape(got), wanted=_shape(shape))
        )
    if kind != dtype:
        raise UnusableFileError(
            _("`{layer}` is made of {got}, and {wanted} is wanted.").format(
                layer=name, got=kind, wanted=dtype
            )
        )


def _too_large(size: int, most: int) -> str:
    return _("The file is too large: {size} kB, where this network needs {limit} kB at most.").format(
        size=f"{size / 1000:,.0f}", limit=f"{most / 1000:,.0f}"
    )


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "()"


def _plain(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "/-_." else "?" for letter in text)[:40]


def _word(key: Any) -> str:
    for name in ("key", "idx", "name"):
        if hasattr(key, name):
            return str(getattr(key, name))
    return str(key)
