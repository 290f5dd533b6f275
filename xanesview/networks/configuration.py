"""What the configurations of all networks share: plain values for a card and back, and which elements have weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any, Self

from xanesview.errors import OddContent


class Configuration:
    """Base of the frozen dataclasses that hold the sizes of a network, as its card keeps them."""

    def as_dict(self) -> dict:
        """Return plain JSON values."""
        return _plain(asdict(self))

    @classmethod
    def from_dict(cls, values: Mapping) -> Self:
        """Return the configuration kept in a card.

        Raises
        ------
        OddContent
            naming what is unknown or missing.
        """
        known = {field.name: field.default is MISSING and field.default_factory is MISSING for field in fields(cls)}
        for key in values:
            if key not in known:
                raise OddContent(f"“{str(key)[:40]}” is unknown")
        for name, is_needed in known.items():
            if is_needed and name not in values:
                raise OddContent(f"“{name}” is missing")
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})

    @property
    def known_elements(self) -> frozenset[int] | None:
        """Atomic numbers that the network has weights for; None where it takes any element."""
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return list(value) if isinstance(value, tuple) else value
