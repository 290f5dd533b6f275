"""``python -m xanesview`` does what the command ``xanesview`` does."""

from __future__ import annotations

import sys

from xanesview.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
