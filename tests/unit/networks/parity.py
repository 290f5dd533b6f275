"""Inputs, weights and outputs of the published programs, and how to put them together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

FOLDER = Path(__file__).parents[2] / "data" / "parity"


class ParityCase:
    """One case of a file: ``config``, ``weights``, systems with inputs and outputs."""

    def __init__(self, file: str, name: str) -> None:
        self.name = name
        with np.load(FOLDER / file) as archive:
            self.arrays = {
                k.removeprefix(f"{name}/"): archive[k] for k in archive.files if k.startswith(f"{name}/")
            }  # fmt: skip
        self.config = json.loads(str(self.arrays["config"]))

    @property
    def weights(self) -> dict[str, torch.Tensor]:
        """The published state dictionary, float32."""
        return {k[2:]: torch.from_numpy(np.array(v)) for k, v in self.arrays.items() if k.startswith("w/")}

    @property
    def systems(self) -> list[str]:
        """Names of the structures that have outputs."""
        return sorted({k.split("/")[1] for k in self.arrays if k.startswith("out/")})

    def __getitem__(self, key: str) -> np.ndarray:
        return self.arrays[key]
