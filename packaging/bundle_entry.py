"""What the bundle's program runs: the command line, or one of xanesview's own modules for a child process.

The program starts children as ``sys.executable -m xanesview.…``. In a bundle sys.executable is the program itself, so
it takes ``-m`` with a module of its own, and of nobody else but FEFF10, whose stages are started alike.
"""

from __future__ import annotations

import multiprocessing
import runpy
import sys

OWN = "xanesview."
OTHERS = ("feff10._worker",)


def main() -> int:
    """Run a child's module or the command line; return the exit code."""
    multiprocessing.freeze_support()  # what a pool starts ends here
    module = sys.argv[2] if len(sys.argv) > 2 and sys.argv[1] == "-m" else ""
    if (module + ".").startswith(OWN) or module in OTHERS:
        sys.argv[:3] = [module]
        runpy.run_module(module if module != OWN[:-1] else "xanesview.__main__", run_name="__main__", alter_sys=True)
        return 0
    from xanesview.__main__ import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
