"""``python -m xanesview`` does what the command ``xanesview`` does."""

from __future__ import annotations

import os
import re
import sys


def run() -> int:
    """Run the command line; Ctrl+C before it is loaded, and can tell of it, ends the program without a trace too."""
    threads = os.environ.get("OMP_NUM_THREADS")
    if threads is not None and not re.fullmatch(r"[\s\d,+]*[1-9][\s\d,+]*", threads):
        del os.environ["OMP_NUM_THREADS"]  # libraries would complain in words of their own as they are loaded
        name = ascii(threads)[:40]
        print(f"notice: OMP_NUM_THREADS is {name}, which is no number of threads: passed over.", file=sys.stderr)
    try:
        from xanesview.cli.main import main
    except KeyboardInterrupt:
        return 130
    return main()


if __name__ == "__main__":
    sys.exit(run())
