"""What the command line says on standard error: errors with a hint, notices."""

from __future__ import annotations

import sys

from xanesview.errors import XanesviewError


def tell_error(error: XanesviewError, about: str = "") -> None:
    """Write ``error:`` and ``hint:`` lines on standard error."""
    message = " ".join(error.message.split())
    hint = " ".join(error.hint.split()) or "“xanesview --help” shows what can be given."
    print(f"error: {about}{': ' if about else ''}{message}", file=sys.stderr)
    print(f"hint: {hint}", file=sys.stderr)


def tell_notice(message: str, hint: str = "") -> None:
    """Write a ``notice:`` line on standard error."""
    print("notice: " + " ".join(f"{message} {hint}".split()), file=sys.stderr)
