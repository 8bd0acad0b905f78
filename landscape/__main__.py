"""`python -m landscape`: what can be computed without a screen."""

import sys

from landscape.commands import main

if __name__ == "__main__":
    sys.exit(main())
