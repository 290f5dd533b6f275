#!/usr/bin/env python3
"""Try a bundle as somebody does who has nothing else: no Python, no source tree, an empty home.

``python3 packaging/try_bundle.py dist/xanesview [--against .venv/bin/python]``: it predicts, draws, renders, computes
from first principles, trains, teaches a copy of a network what it computed, and opens its window on a display of its
own (Xvfb) or on the one that is there; the size and the time to the first picture are told. With an interpreter that
has xanesview, numbers are compared with its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCREEN, NUMBER = "1600x1000x24", 87
PATIENCE_S = 600
PREDICTION = ["predict", "--smiles", "CC(=O)C", "--relax", "mmff", "--theta", "20", "--quiet", "--out"]
SURFACE = ["surface", "BULK", "--miller", "0,0,1", "--layers", "3", "--vacuum", "10", "--out"]
FEFF = ["compute", "--smiles", "O", "--edge", "O K", "--engine", "feff", "--preset", "fast", "--out"]
#: Tried in this order: words of the command line, and the file that must come out of it.
COMMANDS = [
    ([*PREDICTION, "acetone.csv"], "acetone.csv"),
    (["plot", "acetone.csv", "--out", "acetone.svg"], "acetone.svg"),
    (["plot", "acetone.csv", "--out", "acetone.pdf"], "acetone.pdf"),
    (["convert", "acetone.csv", "--out", "acetone.nxs"], "acetone.nxs"),
    (["predict", "--smiles", "O", "--tensor", "--out", "water.h5", "--quiet"], "water.h5"),  # relaxed with GFN2-xTB
    ([*SURFACE, "surface.cif"], "surface.cif"),
    (["render", "surface.cif", "--out", "surface.png"], "surface.png"),
    (["compute", "--list", "few.txt", "--edge", "C", "--out", "computed"], "computed/C_methane.npz"),
    (["dataset", "build", "computed", "--out", "own.h5"], "own.h5"),
    (["train", "tensor", "--from", "c_k_edge_tensor", "--data", "own.h5", "--config", "short.toml", "--out", "trained"],
     "trained/card.json"),
    (["predict", "--smiles", "C#C", "--network", "./trained", "--quiet", "--out", "trained.csv"], "trained.csv"),
    ([*FEFF, "feff"], "feff/feff_O-K_O_0000.npz"),
]  # fmt: skip
FEW = "carbon_monoxide [C-]#[O+] train\nhydrogen_cyanide C#N train\nmethane C val\n"
#: A training of one member that is over in seconds.
SHORT = "[training]\nmembers = 1\nepochs = 2\nthreads = 1\n[bundle]\nname = \"trained\"\ntitle = \"Trained\"\n"
#: What the panel Teach asks of the process that it starts, but for molecules and folders.
TEACHING = {
    "number": 1, "do": "teach", "network": "c_k_edge_tensor", "name": "taught",
    "choices": {"epochs": 2, "rehearsed": 8, "watched": 4, "tested": 4},
}  # fmt: skip
TEACHER = ["-m", "xanesview.training.teaching.worker"]


class Failed(Exception):
    """What the bundle could not do."""


def clean_environment(home: Path, display: str | None) -> dict[str, str]:
    """Return an environment without Python, virtual environments and settings of this user."""
    names = ("LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "DISPLAY")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    kept |= {"HOME": str(home), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    if display is not None:
        kept |= {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1", "QT_QPA_PLATFORM": "xcb"}
    return kept


def program_of(folder: Path) -> Path:
    """Return the program in a bundle."""
    return folder / ("xanesview.exe" if os.name == "nt" else "xanesview")


def size_mb(folder: Path) -> float:
    """Return what a folder takes, MB."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir()) / 1e6


def run(program: Path, words: list[str], where: Path, environment: dict[str, str]) -> str:
    """Run the program and return what it says; raise Failed where it ends in trouble."""
    begin = time.monotonic()
    done = subprocess.run(
        [str(program), *words], cwd=where, env=environment, capture_output=True, text=True, timeout=PATIENCE_S,
        check=False,
    )  # fmt: skip
    told = done.stdout + done.stderr
    print(f"{time.monotonic() - begin:6.1f} s  xanesview {' '.join(words)}", flush=True)
    if done.returncode or "Traceback" in told:
        raise Failed(f"xanesview {' '.join(words)} ended with {done.returncode}:\n{told[-3000:]}")
    return told


def teach(program: Path, where: Path, environment: dict[str, str]) -> None:
    """Teach a copy of a network the computed molecules as the window does, and predict with it."""
    own = where / "computed"
    keys = [path.stem for path in own.glob("*.npz")]
    job = {**TEACHING, "own": str(own), "folder": str(where / "taught"), "keys": keys}
    job["marks"] = dict.fromkeys(keys, "train")
    begin = time.monotonic()
    process = subprocess.Popen(
        [str(program), *TEACHER], cwd=where, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()  # it ends with its input
        answers = (json.loads(line) for line in process.stdout)
        found = next((one for one in answers if "stage" not in one), {"error": "it ended without an answer"})
    finally:
        process.kill()
        process.wait(timeout=10)
    if "error" in found:
        raise Failed(f"No copy of a network was taught: {found['error']} {found.get('hint', '')}")
    print(f"{time.monotonic() - begin:6.1f} s  a copy of {TEACHING['network']} is taught and tested", flush=True)
    for network, out in ((TEACHING["network"], "before.csv"), ("./taught", "after.csv")):
        run(program, [*PREDICTION, out, "--network", network], where, environment)
    if numbers(where / "before.csv") == numbers(where / "after.csv"):
        raise Failed("The copy predicts what the network did before.")


def first_picture_s(program: Path, where: Path, environment: dict[str, str], screen: Path) -> float:
    """Return after how many seconds something stands on an empty screen; the window is asked to end then."""
    empty = screen.read_bytes()
    begin = time.monotonic()
    process = subprocess.Popen([str(program), "gui", "--example", "benzene"], cwd=where, env=environment)
    try:
        while screen.read_bytes() == empty:
            if process.poll() is not None or time.monotonic() - begin > PATIENCE_S:
                raise Failed("No window came up.")
            time.sleep(0.02)
        found = time.monotonic() - begin
        time.sleep(6)  # it keeps the picture that the next start shows first
    finally:
        process.terminate()
        process.wait(timeout=10)
    return found


def numbers(path: Path) -> list[list[float]]:
    """Return the rows of a table of predicted spectra."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [[float(word) for word in row] for row in list(csv.reader(lines))[1:]]


def compare(python: str, where: Path) -> None:
    """Predict the same with another installation; raise Failed where numbers are off by over 1e-5 of the highest."""
    words = [*PREDICTION, "other.csv"]
    subprocess.run([python, "-m", "xanesview", *words], cwd=where, check=True, timeout=PATIENCE_S)
    ours, theirs = numbers(where / "acetone.csv"), numbers(where / "other.csv")
    highest = max(abs(v) for row in theirs for v in row[1:])
    worst = max(abs(a - b) for one, other in zip(ours, theirs) for a, b in zip(one, other))
    if len(ours) != len(theirs) or worst > 1e-5 * highest:
        raise Failed(f"The bundle's numbers differ from the installation's by {worst / highest:.1e} of the highest.")
    print(f"         the same numbers as {python}: {worst / highest:.0e} of the highest apart")


def try_all(folder: Path, python: str | None) -> None:
    """Do everything that the bundle must be able to do."""
    program = program_of(folder).resolve()
    bulk = next(folder.resolve().rglob("resources/crystals/hematite*"))
    with tempfile.TemporaryDirectory() as home:
        where, frames = Path(home) / "work", Path(home) / "screen"
        where.mkdir()
        frames.mkdir()
        (where / "few.txt").write_text(FEW, "utf-8")
        (where / "short.toml").write_text(SHORT, "utf-8")
        server = None
        if sys.platform.startswith("linux"):
            display = f":{NUMBER}"
            command = ["Xvfb", display, "-screen", "0", SCREEN, "-nolisten", "tcp", "-fbdir", str(frames)]
            server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            time.sleep(2)
        environment = clean_environment(Path(home), display if server else None)
        try:
            said = run(program, ["info", "--bug"], where, environment)
            if str(Path(__file__).resolve().parents[1] / "xanesview") in said:
                raise Failed("The bundle uses the source tree.")
            for words, result in COMMANDS:
                run(program, [str(bulk) if w == "BULK" else w for w in words], where, environment)
                if not (where / result).exists():
                    raise Failed(f"{result} was not written.")
            teach(program, where, environment)
            if python is not None:
                compare(python, where)
            run(program, ["gui", "--example", "hematite_001", "--screenshot", "window.png"], where, environment)
            if (where / "window.png").stat().st_size < 30_000:
                raise Failed("The picture of the window is empty.")
            if server is not None:
                screen = frames / "Xvfb_screen0"
                times = [first_picture_s(program, where, environment, screen) for _ in range(2)]
                print(f"first picture of the window: {times[0]:.1f} s, and {times[1]:.1f} s at the second start")
        finally:
            if server is not None:
                server.terminate()
                server.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against", metavar="PYTHON", help="compare numbers with this interpreter's xanesview")
    asked = parser.parse_args()
    print(f"{asked.folder}: {size_mb(asked.folder):.0f} MB", flush=True)
    try:
        try_all(asked.folder, asked.against)
    except Failed as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    print("the bundle does all that was asked of it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
