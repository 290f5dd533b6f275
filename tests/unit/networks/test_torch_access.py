"""What of torch is put off at its import comes when it is asked for."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from xanesview.networks.torch_access import need_torch
need_torch()
import torch
late = sys.modules["torch._meta_registrations"]
assert not hasattr(late, "__wrapped__") and "meta_mm" not in vars(late), "nothing has asked for it yet"
assert not any(type(finder).__name__ == "_PutOff" for finder in sys.meta_path)
assert torch.nn.Linear(2, 3)(torch.ones(1, 2)).shape == (1, 3)
assert callable(torch._meta_registrations.meta_mm), "and now it is there"
from torch._subclasses.fake_tensor import FakeTensorMode
with FakeTensorMode():
    assert (torch.ones(2, 3) @ torch.ones(3, 4)).shape == (2, 4)
"""


def test_it_comes_when_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
