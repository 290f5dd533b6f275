"""What the guide's page on Python shows can be typed as it stands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from xanesview.paths import resource

SESSION = Path(__file__).resolve().parents[1] / "data" / "session" / "version_0_2_0.xanesview"


def blocks() -> list[str]:
    """Return the code of the page, one string a section."""
    text = resource("docs", "python.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return ["\n".join(line[4:] for line in one.splitlines() if line.startswith("    ")) for one in sections]


@pytest.mark.slow
def test_the_code_of_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    energy = np.linspace(280.0, 305.0, 60)
    np.savetxt("film.dat", np.column_stack([energy, np.exp(-((energy - 285.0) ** 2))]))
    shutil.copy(SESSION, tmp_path / "work.xanesview")
    (tmp_path / "molecule.xyz").write_text("2\n\nC 0 0 0\nO 0 0 1.128\n")
    names: dict = {}
    for code in blocks():
        exec(code, names)  # the page's own text
    assert names["tensor"].components.shape == (6, 6, len(names["energy"]))
    assert names["intensity"].max() > names["in_plane"].intensity.max() > 0, "π* of benzene stands along its normal"
    assert set(names["each"]) == {0, 3}
    assert "c_k_edge_tensor" in names["names"]
    np.testing.assert_allclose(names["again"].components, names["tensor"].components)
    assert names["measured"].energy_ev.size == 60
    assert names["computed"].intensity.max() > 0
    assert names["reference"].components.shape == (1, 6, len(names["energy"]))
    assert {path.name for path in tmp_path.iterdir()} == {
        "figure.pdf", "film.dat", "molecule.xyz", "out.csv", "out.h5", "work.xanesview",
    }
