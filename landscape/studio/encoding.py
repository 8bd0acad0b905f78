"""Arrays on their way to the browser: base64 of their bytes, in the form Plotly reads by itself."""

import base64
import hashlib
import json
import math
import threading
from typing import Any

import numpy as np

_DTYPES = {"f8": "f8", "f4": "f4", "i4": "i4", "u4": "u4", "i2": "i2", "u2": "u2", "i1": "i1", "u1": "u1"}


def encode(value: Any) -> Any:
    """A value as JSON can carry it: arrays as `{"dtype", "bdata", "shape"}`, lone NaN and infinity as None.

    NaN and infinity inside arrays survive, since their bytes do.

    Args:
        value: Numbers, strings, None, NumPy arrays, and mappings and sequences of these.

    Returns:
        The same structure in dicts, lists, strings, numbers and None.

    Example:
        >>> encode({"x": np.array([1.0, 2.0]), "width": np.float64(2), "high": float("inf")})
        {'x': {'dtype': 'f8', 'bdata': 'AAAAAAAA8D8AAAAAAAAAQA==', 'shape': '2'}, 'width': 2.0, 'high': None}
    """
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, np.ndarray):
        return encode_array(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def encode_array(array: np.ndarray) -> Any:
    """An array as its bytes in base64; an array of anything but numbers as a list.

    Example:
        >>> encode_array(np.zeros((2, 3), np.float32))["shape"]
        '2, 3'
    """
    if array.dtype.kind not in "fiu" or array.ndim == 0:
        return encode(array.tolist())
    name = f"{array.dtype.kind}{array.dtype.itemsize}"
    if name not in _DTYPES:
        array, name = array.astype(np.float64), "f8"
    little_endian = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {
        "dtype": name,
        "bdata": base64.b64encode(little_endian.tobytes()).decode("ascii"),
        "shape": ", ".join(map(str, array.shape)),
    }


class Serializer:
    """Remembers the JSON of what it has seen, known again by its arrays' identity.

    A figure that a cache hands out anew is so not encoded anew. Its arrays must not be written to.

    Args:
        kept: How many values are remembered, at least 1.

    Example:
        >>> serializer, x = Serializer(kept=8), np.array([1.0])
        >>> serializer({"x": x, "name": "a"})[1] is serializer({"x": x, "name": "a"})[1]
        True
        >>> serializer({"x": x, "name": "a"}) == serializer({"x": x, "name": "b"})
        False
    """

    def __init__(self, kept: int) -> None:
        self.kept = kept
        self._known: dict[Any, tuple[str, str]] = {}
        self._lock = threading.Lock()

    def __call__(self, value: Any) -> tuple[str, str]:
        """As `serialize`."""
        mark = fingerprint(value)
        with self._lock:
            known = self._known.pop(mark, None) or serialize(value)
            self._known[mark] = known
            if len(self._known) > self.kept:
                del self._known[next(iter(self._known))]
        return known


class _Same:
    """An array as itself: equal to nothing else, whatever it holds, and not let go of."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __hash__(self) -> int:
        return id(self.array)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.array is self.array


def fingerprint(value: Any) -> Any:
    """A hashable that is equal for equal structures of the same arrays.

    Example:
        >>> x = np.zeros(2)
        >>> fingerprint({"a": [x, 1]}) == fingerprint({"a": [x, 1]}) != fingerprint({"a": [x.copy(), 1]})
        True
    """
    if isinstance(value, dict):
        return ("dict", *((key, fingerprint(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return ("list", *map(fingerprint, value))
    if isinstance(value, np.ndarray):
        return _Same(value)
    return (type(value).__name__, value)


def serialize(value: Any) -> tuple[str, str]:
    """An encoded value as JSON text, and a short name made of its content.

    Example:
        >>> name, text = serialize({"x": np.array([1.0])})
        >>> name == serialize({"x": np.array([1.0])})[0], name == serialize({"x": np.array([2.0])})[0]
        (True, False)
    """
    text = json.dumps(encode(value), separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest(), text
