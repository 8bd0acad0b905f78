"""The benchmarks run, at sizes that say nothing, and their table says what it should."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parent / "benchmarks/run.py"
COLUMNS = ["work", "ours", "other", "ratio", "aim", "compile time"]
TIME = r"\d+(\.\d+)?(e[+-]\d+)? (s|ms|µs)"


def run(*arguments):
    """The rows of the table, each a dictionary, and the lines below it."""
    done = subprocess.run([sys.executable, str(RUN), *arguments], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    table, _, below = done.stdout.partition("\n\n")
    head, rule, *lines = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()
    ]
    assert head == COLUMNS
    assert all(set(cell) == {"-"} for cell in rule)
    return [dict(zip(COLUMNS, line, strict=True)) for line in lines], below


def test_the_numerics_are_measured_against_numpy_and_pytorch_where_it_is_installed():
    rows, below = run("--tiny", "--only", "numerics")
    with_torch = importlib.util.find_spec("torch") is not None
    assert [row["aim"] for row in rows] == (["≥ 200×", "≥ 4×", "≥ 10×"] if with_torch else ["≥ 4×"])
    for row in rows:
        assert re.fullmatch(TIME, row["ours"])
        assert re.fullmatch(TIME + r" \(.*\)", row["other"])
        assert re.fullmatch(TIME, row["compile time"])
        assert float(row["ratio"].removesuffix("×")) > 0
    assert "Measured on: " in below
    assert "jax 0." in below
    assert ("pip install -r tests/benchmarks/requirements.txt" in below) != with_torch


def test_sweeps_are_measured_against_loops_by_hand():
    rows, _ = run("--tiny", "--only", "sweeps")
    with_torch = importlib.util.find_spec("torch") is not None
    sweeps = ["≥ 4×", "≥ 50×"] if with_torch else ["≥ 4×"]
    memory = ["≤ 524 MB"] if Path("/proc/self/clear_refs").exists() else []
    assert [row["aim"] for row in rows] == [*sweeps, "≥ 4×", *memory, "seconds"]
    for row in rows[: len(sweeps) + 1]:
        assert re.fullmatch(TIME, row["ours"])
        assert float(row["ratio"].removesuffix("×")) > 0
    assert not memory or re.fullmatch(r"-?\d+ MB", rows[-2]["ours"])
    assert re.fullmatch(TIME + r", \d+\.\d GFLOP/s", rows[-1]["ours"])


def test_a_network_is_measured_against_pytorch_where_it_is_installed():
    rows, below = run("--tiny", "--only", "networks")
    with_torch = importlib.util.find_spec("torch") is not None
    slices = [
        *(["≥ 6×"] if with_torch and importlib.util.find_spec("loss_landscapes") is not None else []),
        *(["≥ 5×", ""] if with_torch else []),
    ]
    memory = ["≤ 256 MB"] if Path("/proc/self/clear_refs").exists() else []
    assert [row["aim"] for row in rows] == [*slices, "", *memory, *(["", ""] if with_torch else [])]
    for row in rows[: len(slices)]:
        assert re.fullmatch(TIME, row["ours"])
        assert float(row["ratio"].removesuffix("×")) > 0
    assert re.fullmatch(TIME + r", \d+ GFLOP/s", rows[len(slices)]["ours"])
    assert not memory or re.fullmatch(r"-?\d+ MB", rows[len(slices) + 1]["ours"])
    assert all("products, error" in row["ours"] for row in rows[len(slices) + 2 :])
    assert ("pip install -r tests/benchmarks/requirements.txt" in below) != with_torch


def test_the_pages_are_measured_and_compile_nothing():
    rows, _ = run("--tiny", "--only", "pages")
    assert [row["aim"] for row in rows] == ["0", "0", "≤ 30 ms"]
    assert [row["ours"] for row in rows[:2]] == ["0", "0"]
    assert all(int(re.search(r"(\d+) times", row["work"])[1]) >= 3 for row in rows[:2])
    assert re.fullmatch(TIME, rows[2]["ours"])


def test_the_app_is_measured_in_a_browser():
    rows, _ = run("--tiny", "--only", "browser")
    assert [row["aim"] for row in rows] == ["≤ 6 s", "≤ 2×", "≤ 4×"]
    assert all(re.fullmatch(TIME, row["ours"]) for row in rows)
    contour, both = (float(row["ratio"].removesuffix("×")) for row in rows[1:])
    assert 0 < contour <= both


@pytest.mark.parametrize("only", ["speed", "numerics,speed", ""])
def test_a_part_that_there_is_not_is_refused(only):
    done = subprocess.run([sys.executable, str(RUN), "--only", only], capture_output=True, text=True)
    assert done.returncode == 2
    assert "`--only` must name some of numerics, sweeps, networks, pages, browser, got" in done.stderr
