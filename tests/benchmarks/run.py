"""Measure what the library promises: `python tests/benchmarks/run.py`.

Prints a table: the work, how long ours takes, how long the other takes, the ratio, what it is to be, and
how long the first run took beyond that. Everything is measured in turn, in one run, after warm-up; the
numbers are medians. The peers stand in tests/benchmarks/requirements.txt.

    --tiny        sizes that say nothing and end soon: does it run?
    --only PARTS  some of: numerics, sweeps, networks, pages, browser
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import measuring  # noqa: E402
import numerics  # noqa: E402

PEERS = "PyTorch is not installed; its rows are left out: pip install -r tests/benchmarks/requirements.txt"


def numeric_rows(tiny: bool) -> list[measuring.Row]:
    """The library alone."""
    if tiny:
        return [*numerics.recorded_run(20, 1), *numerics.grid_of_runs(4, 20, 1)]
    return [*numerics.recorded_run(1000, 7), *numerics.grid_of_runs(256, 200, 5)]


def sweep_rows(tiny: bool) -> list[measuring.Row]:
    """Many runs at once."""
    import sweeping

    if tiny:
        return [
            *sweeping.sweep_of_rates(4, 20, 1),
            *sweeping.basins_of_himmelblau(16, 200, 1, 32),
            *sweeping.trainability_map(16, 20, 1),
        ]
    return [
        *sweeping.sweep_of_rates(512, 500, 7),
        *sweeping.basins_of_himmelblau(512, 300, 5, 2048),
        *sweeping.trainability_map(256, 500, 3),
    ]


def network_rows(tiny: bool) -> list[measuring.Row]:
    """A trained network: its slice, and the largest eigenvalue of its Hessian."""
    import slicing
    import spectra

    if tiny:
        return [
            *slicing.slice_of_digits(4, 1),
            *slicing.memory_of_slice(12, 2**28),
            *spectra.top_eigenvalue(1),
        ]
    return [*slicing.slice_of_digits(51, 7), *slicing.memory_of_slice(201, 2**28), *spectra.top_eigenvalue(7)]


def page_rows(tiny: bool) -> list[measuring.Row]:
    """The pages without a browser."""
    import pages

    return [*pages.compilations(1 if tiny else 5), *pages.reruns(1 if tiny else 30)]


def browser_rows(tiny: bool) -> list[measuring.Row]:
    """The app in a browser."""
    import presses

    return [*presses.starts(1 if tiny else 3, cold=not tiny), *presses.presses(1 if tiny else 20)]


PARTS = {
    "numerics": numeric_rows,
    "sweeps": sweep_rows,
    "networks": network_rows,
    "pages": page_rows,
    "browser": browser_rows,
}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--only", default=",".join(PARTS))
    chosen = parser.parse_args()
    unknown = [part for part in chosen.only.split(",") if part not in PARTS]
    if unknown:
        parser.error(f"`--only` must name some of {', '.join(PARTS)}, got {unknown[0]}")
    rows = []
    for part in chosen.only.split(","):
        for row in PARTS[part](chosen.tiny):
            print(f"{row.work}: {row.ours}", file=sys.stderr, flush=True)
            rows.append(row)
    print(measuring.table(rows))
    print(f"\nMeasured on: {measuring.machine()}")
    if {"numerics", "networks"} & set(chosen.only.split(",")) and not numerics.has_torch():
        print(PEERS)


if __name__ == "__main__":
    main()
