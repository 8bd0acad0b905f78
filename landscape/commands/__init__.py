"""Commands: long computations from a terminal, which go on where they were interrupted."""

import argparse
import sys
from collections.abc import Sequence

from landscape.commands import slices
from landscape.commands.refusals import INTERRUPTED, RefusedError

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Do what a command line says.

    Args:
        argv: Its words after the program's name; those of this process by default.

    Returns:
        The exit code: 0 done; 1 it cannot be finished now (another run's settings, a full disk); 2 what was
        asked for is not there; 130 interrupted from the keyboard. An error in the reader's own loss is not
        caught, so that its traceback is seen.
    """
    parser = argparse.ArgumentParser(
        prog="python -m landscape",
        description="Loss landscapes without a screen. The app is `streamlit run app.py`.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    slices.add(commands)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except RefusedError as refused:
        sys.stderr.write(f"{parser.prog} {arguments.command}: {refused}\n")
        return refused.code
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted before the first part was begun.\n")
        return INTERRUPTED
