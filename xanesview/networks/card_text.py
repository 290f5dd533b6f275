"""The JSON of a card as plain values: how large it may be, and what of JSON a card doesn't use."""

from __future__ import annotations

import json
import math
from pathlib import Path

from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.limits import LARGEST_SETTINGS, size
from xanesview.networks.card_schema import shown

DEEPEST = 32
"""How many blocks may stand in one another."""
_LONGEST_WHOLE = 18  # digits
_HINT = "Correct the card, or fetch the bundle again."


def read_card(path: Path) -> dict:
    """Return what a card says; NaN and Infinity are null, whole numbers of more digits than any count has infinite.

    Raises
    ------
    XanesviewError
        for a card that is missing, too large, no JSON, or no table.
    """
    bundle = path.parent.name or str(path.parent)
    try:
        if not path.is_file():
            if not path.exists():
                raise FileNotFoundError(path)
            raise OddContent("not a file")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_SETTINGS + 1)
        if len(data) > LARGEST_SETTINGS:
            raise OddContent(f"more than {size(LARGEST_SETTINGS)}")
        text = data.decode("utf-8")
        raw = json.loads(text, parse_int=_whole, parse_constant=lambda _: None, object_pairs_hook=_table)
        _check_depth(raw)
    except FileNotFoundError as error:
        raise XanesviewError(
            f"There is no {path.name} in {bundle}.", "A network is a folder with card.json and weights."
        ) from error
    except RecursionError as error:
        raise XanesviewError(f"The card of {bundle} cannot be read (it nests too deep).", _HINT) from error
    except (OSError, ValueError) as error:
        raise XanesviewError(f"The card of {bundle} cannot be read ({in_plain_words(error)}).", _HINT) from error
    if not isinstance(raw, dict):
        raise XanesviewError(f"The card of {bundle} is not a JSON object.", _HINT)
    return raw


def _table(pairs: list[tuple[str, object]]) -> dict:
    """Return a block of a card; of a name that is there twice readers take the first or the last, as they please."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise OddContent(f"{shown(twice)} is there twice")
    return found


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_WHOLE else math.inf


def _check_depth(raw: object) -> None:
    level = [raw]
    for _ in range(DEEPEST):
        nested = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [value for values in nested for value in values]
        if not level:
            return
    raise RecursionError
