"""Tables as readers have them: every way of writing one, every kind of bad one, and bytes of any kind."""

import io
import time
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import landscape
from landscape.datasets import KINDS, Table, TableError, read_table

PLAIN = "x,y\n1.5,2\n-0.25,4e3\n"


def read(data, columns=(), **how):
    table = read_table(data, **how)
    return table.dataset(*columns) if columns else table


def refused(data, *columns, **how):
    with pytest.raises(TableError) as error:
        read(data, columns, **how)
    assert "{" not in str(error.value)
    return error.value


def zipped():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "marks"),
    [
        (PLAIN.encode(), ("utf-8", ",", ".", True)),
        (PLAIN.encode("utf-8-sig"), ("utf-8-sig", ",", ".", True)),
        (PLAIN.encode("utf-16"), ("utf-16", ",", ".", True)),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), ("utf-16", ",", ".", True)),
        (PLAIN.encode("utf-16-le"), ("utf-16-le", ",", ".", True)),
        (PLAIN.encode("utf-16-be"), ("utf-16-be", ",", ".", True)),
        (PLAIN.encode("utf-32"), ("utf-32", ",", ".", True)),
        (PLAIN.replace(",", ";").encode(), ("utf-8", ";", ".", True)),
        (PLAIN.replace(",", "\t").encode(), ("utf-8", "\t", ".", True)),
        (PLAIN.replace(",", ";").replace(".", ",").encode(), ("utf-8", ";", ",", True)),
        (PLAIN.replace(",", "\t").replace(".", ",").encode(), ("utf-8", "\t", ",", True)),
        (b'"x","y"\n"1,5","2"\n"-0,25","4e3"\n', ("utf-8", ",", ",", True)),
        (b"sep=;\nx;y\n1,5;2\n-0,25;4e3\n", ("utf-8", ";", ",", True)),
        (PLAIN.replace("\n", "\r\n").encode() + b"\r\n\r\n", ("utf-8", ",", ".", True)),
        (PLAIN.replace("\n", "\r").encode(), ("utf-8", ",", ".", True)),
        (PLAIN.encode() + b",\n,\n\n", ("utf-8", ",", ".", True)),
        (b"x , y\n 1.5 , +2.\n\xe2\x88\x92.25 , 4E+03\n", ("utf-8", ",", ".", True)),
    ],
)
def test_every_usual_way_of_writing_a_table_gives_the_same_numbers(data, marks):
    table = read_table(data)
    assert (table.encoding, table.delimiter, table.decimal, table.header) == marks
    assert table.names == ("x", "y")
    assert table.column("x").numbers.tolist() == [1.5, -0.25]
    assert table.column("y").numbers.tolist() == [2.0, 4000.0]


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("키,몸무게\n170.5,65.2\n181,80\n", "cp949", "cp949"),
        ("온도(℃),햏\n1,2\n3,4\n", "cp949", "cp949"),
        ("Größe,Änderung\n1,2\n3,4\n", "latin-1", "cp1252"),
        ("prix (€),naïveté\n1,2\n3,4\n", "cp1252", "cp1252"),
        ("키,몸무게\n1,2\n3,4\n", "utf-16-le", "utf-16-le"),
    ],
)
def test_encodings_that_the_bytes_show_are_taken_and_told(text, encoding, found):
    table = read_table(text.encode(encoding))
    assert (table.encoding, table.names) == (found, tuple(text.split("\n")[0].split(",")))
    told = read_table(text.encode(encoding), encoding=encoding)
    assert told.names == table.names


def test_what_is_told_goes_before_what_is_found():
    assert read_table(b"1,2\n3,4\n").names == ("x1", "x2")
    assert read_table(b"1,2\n3,4\n5,6\n", header=True).names == ("1", "2")
    assert read_table(b"a,b\nc,d\n", header=False).num_rows == 2
    assert read_table(b"x;y\n1,5;2\n2,5;3\n", decimal=".").column("x").kind == "text"
    with pytest.raises(ValueError, match="`delimiter` must be"):
        read_table(b"1|2", delimiter="|")
    with pytest.raises(ValueError, match="`encoding` must be one that Python knows"):
        read_table(b"1,2", encoding="rot13")
    with pytest.raises(ValueError, match="got the text of a table"):
        read_table(PLAIN)


def test_numbers_are_read_to_the_last_bit():
    values = np.random.default_rng(0).normal(size=3000) * 10.0 ** np.arange(3000) ** 0.5
    written = "\n".join(f"{value!r},{place}" for place, value in enumerate(values.tolist()))
    assert read_table(written.encode()).column("x1").numbers.tolist() == values.tolist()
    # Halfway between two doubles, and a digit more.
    digits = "9007199254740993"
    table = read_table(f"a,b\n{digits},{digits}.{'0' * 500}1\n0,0\n".encode())
    assert [column.numbers[0] for column in table.columns] == [9007199254740992.0, 9007199254740994.0]


def test_all_sources_are_read_alike(tmp_path):
    path = tmp_path / "My Data (1).csv"
    path.write_text(PLAIN)
    with path.open("rb") as binary, path.open() as text:
        tables = [read_table(source) for source in (path, str(path), binary, text, io.StringIO(PLAIN))]
    assert all(table.column("x").numbers.tolist() == [1.5, -0.25] for table in tables)
    assert [table.name for table in tables] == ["my-data-1"] * 4 + ["table"]
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (b"country,2019,2020\nA,1,2\nB,3,4\n", True),
        (b"A,2019,2021\nB,3,4\n", False),
        (b"A,2000\nB,3000\n", False),
        (b"2019,2020\n3,4\n", False),
        (b"A,1,2\nB,3,4\n", False),
    ],
)
def test_words_and_years_that_follow_each_other_are_a_header(data, header):
    assert read_table(data).header is header


def test_a_signed_nan_is_no_number_whatever_stands_beside_it():
    for others in (b"1", b"1\xc2\xa0"):
        column = read_table(b"x,y\n-nan,1\n+NaN,2\n" + others + b",3\n").column("x")
        assert (column.kind, column.num_missing, column.problem.values["value"]) == ("text", 0, "-nan")


def test_sodium_is_missing_among_numbers_alone():
    table = read_table(b"element,x\nNa,1\nCl,Na\nNA,2\n")
    assert table.column("element").classes == ("Cl", "Na")
    assert table.column("element").num_missing == table.column("x").num_missing == 1


def test_quoted_fields_hold_what_separates_others():
    table = read_table(b'name,x\n"a, b",1\n"two\nlines",2\n"say ""hi""",3\n')
    assert table.column("name").classes == ("a, b", 'say "hi"', "two\nlines")
    assert table.first_rows[1] == ("two lines", "2")


def test_what_was_decided_is_told():
    table = read_table(b"a,a,,r\n1,2,3,5%\n\n4,,NA,7.5 %\n-,n/a,#N/A,null\n")
    assert table.names == ("a", "a (2)", "x3", "r")
    assert (table.renamed, table.num_blank_rows, table.num_rows) == ((("a", "a (2)"),), 1, 3)
    assert [column.num_missing for column in table.columns] == [1, 2, 2, 1]
    assert table.column("r").unit == "%"
    np.testing.assert_array_equal(table.column("r").numbers, [5.0, 7.5, np.nan])
    assert read_table(b"a,b\n1,\n2,NaN\n").column("b").kind == "empty"


def test_missing_values_are_refused_dropped_or_the_mean_and_told():
    table = read_table(b"x,z,y\n1,5,1\n,6,2\n3,7,\n8,9,4\n")
    error = refused(b"x,z,y\n1,5,1\n,6,2\n3,7,\n8,9,4\n", "y", ["x", "z"])
    assert (error.kind, error.values["rows"], error.values["total"]) == ("missing", 2, 4)
    assert "2 of 4 rows, in the columns “x” (1), “y” (1)" in str(error)
    dropped = table.dataset("y", ["x", "z"], missing="drop")
    assert (dropped.inputs.tolist(), dropped.targets.tolist()) == ([[1, 5], [8, 9]], [1, 4])
    assert "2 rows with missing values were dropped" in dropped.description
    mean = table.dataset("y", ["x", "z"], missing="mean")
    assert mean.inputs.tolist() == [[1, 5], [4.5, 6], [8, 9]]
    assert "1 rows with missing values were dropped. 1 missing values of “x”" in mean.description
    assert table.dataset("z", ["x"], missing="drop").num_examples == 3
    with pytest.raises(ValueError, match="`missing` must be one of refuse, drop, mean, got 'zero'"):
        table.dataset("y", "x", missing="zero")


def test_texts_and_numbers_become_classes():
    text = b"x,kind,n\n1,b,1\n2,a,0\n3,,2.5\n4,b,0\n"
    data = landscape.read_csv(text, target="kind", features="x", missing="drop")
    assert (data.task, data.class_names, data.targets.tolist()) == ("classification", ("a", "b"), [1, 0, 1])
    numbers = landscape.read_csv(text, target="n", features=["x"], task="classification")
    assert (numbers.class_names, numbers.targets.tolist()) == (("0", "1", "2.5"), [1, 0, 2, 0])
    assert read_table(text).dataset("n", "x").task == "regression"


LONG = "7" * 5000

BAD = {
    "empty": (b"",),
    "too-large": (b"1,2\n" * (20 * 2**18 + 1),),
    "zip": (zipped(),),
    "old-excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more",),
    "archive": (b"\x1f\x8b\x08\x00",),
    "pdf": (b"%PDF-1.7\n",),
    "image": (b"\x89PNG\r\n\x1a\n",),
    "database": (b"PAR1\x15\x04",),
    "html": (b"\n<!DOCTYPE html><html><body>1,2</body></html>",),
    "control-characters": (b"x,y\n1,\x002\n3,4\n",),
    "not-decodable": (b"x,y\n1,2\n\x9d\x81\xfe,4\n",),
    "only-header": (b"x,y\n",),
    "one-row": (b"x,y\n1,2\n",),
    "one-column": (b"x\n1\n2\n",),
    "too-many-columns": (b",".join([b"1"] * 1001) + b"\n",),
    "too-many-cells": (b"1,2\n" * 501,),
    "ragged-row": (b"x,y\n1,2\n1,2,3\n",),
    "unclosed-quote": (b'x,y\n1,2\n3,"4\n5,6\n',),
    "stray-quote": (b'x,y\n1,2\n3,"4"5\n',),
    "long-field": (b"x,y\n1,2\n3," + b"7" * 2_000_000,),
    "text": (b"x,y\n1,2\nabc,4\n5,6\n", "y", "x"),
    "thousands": (b'x,y\n1,2\n"1,234.5",4\n5,6\n', "y", "x"),
    "other-decimal": (b"x;y\n1,5;2\n2.5;4\n5,5;6\n", "y", "x"),
    "overflow": (b"x,y\n1,2\n1e999,4\n5,6\n", "y", "x"),
    "long-number": (f"x,y\n1,2\n{LONG},4\n5,6\n".encode(), "y", "x"),
    "percent": (b"x,y\n1%,2\n3,4\n5%,6\n", "y", "x"),
    "unknown-column": (b"height,y\n1,2\n3,4\n", "y", "hieght"),
    "no-feature": (PLAIN.encode(), "y", []),
    "repeated-feature": (PLAIN.encode(), "y", ["x", "x"]),
    "target-among-features": (PLAIN.encode(), "y", ["x", "y"]),
    "missing": (b"x,y\n1,2\n,4\n5,6\n", "y", "x"),
    "empty-column": (b"x,y\n,2\n,4\n", "y", "x"),
    "too-few-rows": (b"x,y\n1,\n3,4\n5,\n", "y", "x", "drop"),
    "constant-target": (b"x,y\n1,2\n3,2\n", "y", "x"),
    "too-many-classes": ("\n".join(["x,y", *(f"{i},n{i}" for i in range(101))]).encode(), "y", "x"),
    "all-different": (b"x,y\n1,Ann\n3,Bob\n5,Cid\n", "y", "x"),
}


def test_every_kind_of_bad_table_is_tried():
    assert set(BAD) == set(KINDS)


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_table_has_its_own_sentence(kind, monkeypatch):
    monkeypatch.setattr("landscape.datasets.reading.MAX_CELLS", 1000)
    assert refused(*BAD[kind]).kind == kind


@pytest.mark.parametrize(
    ("data", "columns", "sentence"),
    [
        (BAD["text"][0], ("y", "x"), "“abc” in row 3, column “x”, is no number."),
        (b"x,y\n\n1,2\n\n3,4,5\n", (), "Row 5 has 3 fields, where 2 are expected"),
        (b"x,y\n1,2\n3,inf\n5,6\n", ("y", "x"), "“inf” in row 3, column “y”, is no number."),
        (b"x,y\n1,2\n3,1_000\n5,6\n", ("y", "x"), "“1_000” in row 3"),
        ("x,y\n1,2\n3,٣\n5,6\n".encode(), ("y", "x"), "“٣” in row 3"),
        (b"x;y\n1,5;2\n1.234;4\n5,5;6\n", ("y", "x"), "“1.234” in row 3, column “x”, has a mark between"),
        (BAD["unknown-column"][0], ("y", "hieght"), "no column “hieght”; is “height” meant"),
        (BAD["long-number"][0], ("y", "x"), "has 5,000 characters; at most 1,000"),
        (BAD["unclosed-quote"][0], (), "opened in row 3"),
        (BAD["not-decodable"][0], (), "in row 3"),
        (BAD["constant-target"][0], ("y", "x"), "“y” is 2 in every row"),
    ],
)
def test_a_sentence_names_the_place_and_the_value(data, columns, sentence):
    assert sentence in str(refused(data, *columns))


def test_a_sentence_repeats_no_more_than_a_line_of_the_file():
    error = refused(f"x,y\n1,2\n{'a' * 50_000},4\n5,6\n".encode(), "y", "x")
    assert len(str(error)) < 200


def test_large_tables_take_seconds_and_little_memory():
    row = b"0.123456789012345,-98765.4321\n"
    data = b"x,y\n" + row * (2 * 2**20 // len(row))
    tracemalloc.start()
    begin = time.process_time()
    table = read_table(data)
    spent, peak = time.process_time() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert table.num_rows == 2 * 2**20 // len(row)
    # 20 MB take ten times that; tracing alone makes it several times slower.
    assert spent < 20
    assert peak < 60e6


def test_long_fields_of_digits_that_are_no_numbers_take_no_longer():
    one, many = b"1" * 60_000 + b".x", b",".join([b"1" * 990 + b"x"] * 10)
    for data in (b"a;b\n" + one + b";2\n3;4\n", (many + b"\n") * 20):
        begin = time.process_time()
        assert read_table(data).columns[0].kind == "text"
        assert time.process_time() - begin < 2.0  # a hundredth of it here; where each is tried again, minutes


FIELDS = st.sampled_from(
    [
        "",
        "1",
        "-2.5",
        "1,5",
        "1e999",
        "nan",
        "a",
        '"',
        '""',
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        "%",
        "한",
        "é",
        "sep=",
        "\x00",
    ]
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    st.one_of(
        st.binary(max_size=200), st.lists(FIELDS, max_size=40).map(lambda parts: "".join(parts).encode())
    )
)
@example(b"sep=,")
@example(b"\xff\xfe")
@example(b"\xff\xfea")
@example(b"\xef\xbb\xbf")
@example(b'"')
@example(b"1,2\n3,4\n5")
def test_any_bytes_are_a_table_or_a_sentence(data):
    try:
        table = read_table(data)
    except TableError:
        return
    assert isinstance(table, Table)
    assert table.num_rows >= 2
    assert len(set(table.names)) == len(table.names) >= 2
    try:
        made = table.dataset(table.names[0], table.names[1:], missing="mean")
    except TableError:
        return
    assert np.isfinite(made.inputs).all()
