"""How the benchmarks measure: in turn, in one run, after warm-up; medians, and the machine they come from."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

HEADER = ("work", "ours", "other", "ratio", "aim", "compile time")
PACKAGES = ("jax", "jaxlib", "numpy", "streamlit", "torch", "loss-landscapes")
ROOT = Path(__file__).resolve().parents[2]

ADDED_MEMORY = """
from pathlib import Path

def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name)))

{prepare}
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before = kilobytes("VmRSS")
{work}
print(kilobytes("VmHWM") - before)
{more}
"""
"""How much a piece of work adds to a process at most; Linux tells."""


@dataclass(frozen=True)
class Row:
    """A line of the table; the ratio is the quotient that the aim speaks of."""

    work: str
    ours: str
    other: str = ""
    ratio: str = ""
    aim: str = ""
    compile_time: str = ""


TURN = 0.2
"""A work is repeated for so many seconds when its turn comes: a short one is not to be measured once."""


def seconds(work: Callable[[], Any], at_least: float = 0.0) -> float:
    """How long a piece of work takes, on average over the repetitions that fill the time."""
    before, count = time.perf_counter(), 0
    while count == 0 or time.perf_counter() - before < at_least:
        work()
        count += 1
    return (time.perf_counter() - before) / count


def in_turn(
    works: Mapping[str, Callable[[], Any]], turns: int, turn: float = TURN
) -> tuple[dict[str, float], dict[str, float]]:
    """The median time of each work, measured in turn after a first run of each; and that first run's time."""
    first = {name: seconds(work) for name, work in works.items()}
    measured: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(turns):
        for name, work in works.items():
            measured[name].append(seconds(work, turn))
    return {name: statistics.median(each) for name, each in measured.items()}, first


def added_memory(prepare: str, work: str, more: str = "") -> list[float] | None:
    """The most megabytes that a piece of work adds to the memory of a process of its own.

    Args:
        prepare: Python that goes before: imports, and a first run that compiles everything.
        work: Python that is measured.
        more: Python that may print other kilobytes, a line each.

    Returns:
        The memory added, and what `more` prints; None where no Linux tells.
    """
    if not Path("/proc/self/clear_refs").exists():
        return None
    program = ADDED_MEMORY.format(prepare=prepare, work=work, more=more)
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    # The memory of an accelerator is taken as it is needed: the process that measures has taken its share.
    environment = os.environ | {"PYTHONPATH": paths, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    return [int(line) / 1024 for line in done.stdout.split()]


def spell(duration: float) -> str:
    """A time with three digits and its unit.

    Example:
        >>> spell(0.00123), spell(12.0)
        ('1.23 ms', '12 s')
    """
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if duration >= unit or name == "µs":
            return f"{duration / unit:.3g} {name}"
    raise ValueError(f"`duration` must be a number, got {duration}")


def times(ratio: float) -> str:
    """A ratio as the table writes it."""
    return f"{ratio:.3g}×"


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table, its columns aligned."""
    lines = [HEADER, *((row.work, row.ours, row.other, row.ratio, row.aim, row.compile_time) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADER))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def machine() -> str:
    """What the numbers were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [
        *_accelerators(),
        _processor(),
        f"{cores} cores",
        _memory(),
        f"{platform.system()} {platform.release()}",
    ]
    versions = [f"Python {platform.python_version()}"]
    installed = {each.metadata["Name"].lower(): each.version for each in metadata.distributions()}
    versions += [f"{name} {installed[name]}" for name in PACKAGES if name in installed]
    return ", ".join(part for part in parts if part) + "; " + ", ".join(versions)


def _accelerators() -> list[str]:
    import jax

    kinds = [device.device_kind for device in jax.devices() if device.platform != "cpu"]
    return [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]


def _processor() -> str:
    known = _lines("/proc/cpuinfo", "model name")
    return known[0] if known else platform.processor() or platform.machine()


def _memory() -> str:
    known = _lines("/proc/meminfo", "MemTotal")
    return f"{int(known[0].split()[0]) / 2**20:.0f} GiB" if known else ""


def _lines(file: str, key: str) -> list[str]:
    path = Path(file)
    if not path.exists():
        return []
    pairs = (line.partition(":") for line in path.read_text().splitlines())
    return [value.strip() for name, _, value in pairs if name.strip() == key]
