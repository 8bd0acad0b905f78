"""What is kept: the parts of a long computation on disk, so that it goes on where it was interrupted.

Beside the output `slice.npz` stands the folder `slice.npz.part`: what was asked for (`header.json`, written
last, so that a folder without it is none), the plane, and the values, one record for each part in the order
of the parts. A record ends with a digest: one that was torn by a crash is noticed, and computed again.
"""

import hashlib
import io
import json
import os
import shutil
import struct
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from landscape.commands.refusals import FAILED, RefusedError

FORMAT = 1
"""Of the folder; another number is another format."""

HEAD = struct.Struct("<QQ")
"""Of a record: the number of the part, and how many values it has."""

DIGEST = 16
"""Bytes of the digest at the end of a record."""


class Kept:
    """The folder of one computation, held by one process at a time.

    Args:
        output: The file that is to be made.
        restart: Whether to throw away what is there.

    Raises:
        RefusedError: The folder cannot be made, or another process works in it.
    """

    def __init__(self, output: Path, restart: bool) -> None:
        self.output, self.folder = output, output.with_name(f"{output.name}.part")
        try:
            self.folder.mkdir(exist_ok=True)
            # Unbuffered: what a record's write has said is what there is.
            self.file = open(self.folder / "values", "a+b", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise RefusedError(f"cannot write to {self.folder}: {error.strerror}.", FAILED) from None
        if not _lock(self.file):
            self.file.close()
            raise RefusedError(f"another process is computing {output}.", FAILED)
        # A folder without a part holds nothing that other settings could spoil.
        if restart or self.header() is None or not self.parts():
            (self.folder / "header.json").unlink(missing_ok=True)
            self.file.truncate(0)

    def __enter__(self) -> "Kept":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    def header(self) -> dict[str, Any] | None:
        """What was asked for when the folder was made; None where nothing was yet."""
        try:
            found = json.loads((self.folder / "header.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and found.get("format") == FORMAT else None

    def begin(self, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Keep what is asked for, and the arrays of the plane.

        Raises:
            RefusedError: The disk is full.
        """
        self.put("plane.npz", archive(arrays))
        self.put("header.json", json.dumps({"format": FORMAT, **header}, indent=1).encode())

    def plane(self) -> dict[str, np.ndarray]:
        """The arrays of the plane."""
        with np.load(self.folder / "plane.npz", allow_pickle=False) as file:
            return {name: file[name] for name in file.files}

    def parts(self) -> list[np.ndarray]:
        """The values of all parts that are whole; the file ends with them from now on."""
        self.file.seek(0)
        data = self.file.read()
        found: list[np.ndarray] = []
        place = 0
        while len(data) - place >= HEAD.size + DIGEST:
            index, count = HEAD.unpack_from(data, place)
            end = place + HEAD.size + 8 * count
            record, digest = data[place:end], data[end : end + DIGEST]
            if index != len(found) or _digest(record) != digest:
                break
            found.append(np.frombuffer(record, "<f8", offset=HEAD.size))
            place = end + DIGEST
        self.file.truncate(place)
        return found

    def add(self, index: int, values: np.ndarray) -> None:
        """Keep the values of the next part, on the disk itself.

        Raises:
            RefusedError: The disk is full; what was there before stays whole.
        """
        record = HEAD.pack(index, values.size) + np.asarray(values, "<f8").tobytes()
        size = os.fstat(self.file.fileno()).st_size
        try:
            _write(self.file, record + _digest(record))
        except OSError as error:
            self.file.truncate(size)
            raise self._full(error) from None

    def put(self, name: str, content: bytes) -> None:
        """Write a file of the folder whole or not at all.

        Raises:
            RefusedError: The disk is full.
        """
        new = self.folder / f"{name}.new"
        try:
            with open(new, "wb", buffering=0) as file:
                _write(file, content)
            new.replace(self.folder / name)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise self._full(error) from None

    def finish(self, content: bytes) -> None:
        """Write the output whole or not at all, and let the folder go.

        Raises:
            RefusedError: The disk is full; the parts stay.
        """
        self.put("result", content)
        (self.folder / "result").replace(self.output)
        self.file.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _full(self, error: OSError) -> RefusedError:
        return RefusedError(
            f"cannot write to {self.folder}: {error.strerror}. What was computed is kept there: make room, "
            "and start the same command again.",
            FAILED,
        )


def archive(arrays: Mapping[str, Any]) -> bytes:
    """Named arrays as the bytes of an NPZ file that are the same whenever the arrays are.

    Example:
        >>> import io
        >>> import numpy as np
        >>> np.load(io.BytesIO(archive({"x": [1.0, 2.0]})))["x"].tolist()
        [1.0, 2.0]
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, array in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)
            # NumPy's own writer would do, but whether it writes the time is the zip module's affair.
            file.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), entry.getvalue())
    return buffer.getvalue()


def _write(file: io.FileIO, content: bytes) -> None:
    """Write all of it, down to the disk."""
    left = memoryview(content)
    while left:
        left = left[file.write(left) or 0 :]
    os.fsync(file.fileno())


def _digest(record: bytes) -> bytes:
    return hashlib.blake2b(record, digest_size=DIGEST).digest()


def _lock(file: io.FileIO) -> bool:
    """Whether this process alone has the file now; the system lets go of it when the process ends."""
    if sys.platform == "win32":
        return True  # no such lock there: two processes on one output are the user's affair
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
