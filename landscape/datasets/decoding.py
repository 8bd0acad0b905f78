"""Decoding: which encoding the bytes of a table are in, and whether they are text at all.

Only encodings that can be told from the bytes are taken by themselves: UTF-8, UTF-16 and UTF-32 with
their marks, UTF-16 without one by its zeros, the cp949 of Korean spreadsheets where everything that is
not ASCII comes out as Hangul, and the cp1252 of Western European ones where it comes out as letters.
"""

import codecs
import re
import unicodedata

from landscape.datasets.table_errors import TableError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "zip", ""),
    (b"PK\x05\x06", "zip", ""),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-excel", ""),
    (b"\x1f\x8b", "archive", "gzip"),
    (b"BZh", "archive", "bzip2"),
    (b"\xfd7zXZ\x00", "archive", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "archive", "7z"),
    (b"Rar!\x1a\x07", "archive", "rar"),
    (b"(\xb5/\xfd", "archive", "zstd"),
    (b"%PDF-", "pdf", ""),
    (b"\x89PNG\r\n\x1a\n", "image", "PNG"),
    (b"\xff\xd8\xff", "image", "JPEG"),
    (b"GIF87a", "image", "GIF"),
    (b"GIF89a", "image", "GIF"),
    (b"PAR1", "database", "Parquet"),
    (b"ARROW1", "database", "Arrow"),
    (b"SQLite format 3\x00", "database", "SQLite"),
    (b"\x89HDF\r\n\x1a\n", "database", "HDF5"),
)

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]")

WESTERN = set("°ºª²³¹½¼¾µ·×÷±§€£¥–—‘’“”„«»…¿¡ß\xa0")
"""What beside letters is usual in Western tables outside of ASCII."""


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file, and the encoding that was taken, as Python names it.

    Args:
        data: The whole file.
        encoding: What it is in, any that Python knows; None to find out.

    Raises:
        TableError: It is empty, another kind of file, or no text in that encoding.
        ValueError: There is no such encoding.
    """
    if not data:
        raise TableError("empty")
    for signature, kind, form in SIGNATURES:
        if data.startswith(signature):
            raise TableError(kind, **({"format": form} if form else {}))
    if encoding is None:
        text, encoding = _detected(data)
    else:
        encoding = _known(encoding)
        text = _strictly(data, encoding)
    text = text.removeprefix("\ufeff")
    if CONTROL_CHARACTERS.search(text):
        raise TableError("control-characters")
    if not text.strip():
        raise TableError("empty")
    if text[:1000].lstrip().lower().startswith(("<!doctype html", "<html", "<head", "<table")):
        raise TableError("html")
    return text, encoding


def _known(encoding: str) -> str:
    try:
        known = codecs.lookup(encoding)
        known.decode(b"")
    except (LookupError, TypeError, ValueError):
        known = None
    # Some codecs of Python turn bytes into bytes.
    if known is None or not isinstance(known.decode(b"")[0], str):
        raise ValueError(f"`encoding` must be one that Python knows, such as 'cp949', got {encoding!r}")
    return known.name


def _detected(data: bytes) -> tuple[str, str]:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding), encoding
    if b"\x00" in data:
        by_zeros = _by_zeros(data)
        if by_zeros is None:
            raise TableError("control-characters")
        return _strictly(data, by_zeros), by_zeros
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        for encoding, plausible in (("cp949", _is_korean), ("cp1252", _is_western)):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if plausible(text):
                return text, encoding
        raise _undecodable(data, error) from None


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(data, error) from None
    except UnicodeError:  # such as UTF-16 without the mark that it is told to have
        raise TableError("not-decodable", encoding=encoding, byte=0, row=1) from None


def _undecodable(data: bytes, error: UnicodeDecodeError) -> TableError:
    row = data.count(b"\n", 0, error.start) + 1
    encoding = "UTF-8" if error.encoding == "utf-8" else error.encoding
    return TableError("not-decodable", encoding=encoding, byte=error.start + 1, row=row)


def _by_zeros(data: bytes) -> str | None:
    """UTF-16 without its mark: of each pair the digits and commas leave one byte 0, always the same."""
    even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
    enough = len(data[:4096]) // 10
    if odd > enough and not even:
        return "utf-16-le"
    if even > enough and not odd:
        return "utf-16-be"
    return None


def _is_korean(text: str) -> bool:
    """All Hangul, and most of it the syllables of KS X 1001.

    The others begin with a letter of the West and may end with an ASCII one: “Ä” and “n” are one of them.
    """
    others = [character for character in set(text) if ord(character) > 127]
    if not all("가" <= character <= "힣" or character in "·°㎡㎥℃％" for character in others):
        return False
    rare = 0
    for character in others:
        try:
            character.encode("euc-kr")
        except UnicodeEncodeError:
            rare += 1
    return rare <= len(others) / 2


def _is_western(text: str) -> bool:
    others = {character for character in set(text) if ord(character) > 127}
    return all(
        character in WESTERN or unicodedata.category(character) in ("Lu", "Ll") for character in others
    )
