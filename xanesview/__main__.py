"""``python -m xanesview`` does what the command ``xanesview`` does."""

from __future__ import annotations

import sys


def run() -> int:
    """Run the command line; Ctrl+C before it is loaded, and can tell of it, ends the program without a trace too."""
    try:
        from xanesview.cli.main import main
    except KeyboardInterrupt:
        return 130
    return main()


if __name__ == "__main__":
    sys.exit(run())
