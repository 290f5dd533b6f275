"""Little memory for the process (``ulimit -v``): what can't be done is told in one sentence, whatever is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

resource = pytest.importorskip("resource", reason="no such limits here")
RENDER = "render methane.xyz --out a.png"
METHANE = "5\nmethane\nC 0 0 0\nH .63 .63 .63\nH -.63 -.63 .63\nH -.63 .63 -.63\nH .63 -.63 -.63\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit holds on Linux")
@pytest.mark.parametrize(
    ("words", "megabytes"),
    [
        *((words, most) for most in (200, 700) for words in ("predict methane.xyz --out a.csv", RENDER, "")),
        ("plot methane.xyz --out a.svg", 400), (RENDER, 2000), ("", 2000),
        ("animate methane.xyz --theta 0:60:30 --out a.gif", 2000),
    ],
)  # fmt: skip
def test_what_the_memory_does_not_suffice_for_is_one_sentence(words: str, megabytes: int, tmp_path: Path) -> None:
    (tmp_path / "methane.xyz").write_text(METHANE)
    done = subprocess.run(
        [sys.executable, "-m", "xanesview", *words.split()], cwd=tmp_path, capture_output=True, text=True, timeout=100,
        check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1000 * 1024,) * 2),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in lines] == ["error", "hint"]
    assert "memory" in lines[0]
    assert "unexpected" not in lines[0]
