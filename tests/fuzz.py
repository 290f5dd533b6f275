"""Read damaged files of one format for minutes, and keep the smallest of those that are not refused in one sentence.

    python tests/fuzz.py FORMAT [FORMAT …|all] --minutes N [--out FOLDER] [--seed K]
    python tests/fuzz.py --list

Reading runs in a process of its own with limited memory. A file that takes 20 s of the processor or more than 3 GB, or
ends the process, counts as a failure and is kept as it is; one that raises anything but the program's own refusals is
shrunk by hypothesis first. The exit status is 1 where something was kept.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzzing import check, damaged, targets

STANDS_S = 20.0
ROOM_BYTES = 3_000_000_000
EXAMPLES = 400
"""Files between two looks at the clock."""


def _round(name: str, number: int, folder: Path, counts, news) -> None:
    """Read some hundred files; sends the failing one, shrunk, and how it failed."""
    resource.setrlimit(resource.RLIMIT_AS, (ROOM_BYTES + _taken(), resource.RLIM_INFINITY))
    target, last = targets()[name], {}

    @seed(number)
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink), print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    @given(damaged(target))
    def run(file: tuple[str, bytes]) -> None:
        path = folder / file[0]
        path.write_bytes(file[1])
        counts[0] += 1
        last["file"] = file
        if check(target, path):
            counts[1] += 1

    try:
        run()
    except Exception:  # noqa: BLE001 -- whatever it is, it is what was looked for
        news.put((*last["file"], traceback.format_exc()))
        return
    news.put(None)


def _taken() -> int:
    """Return the bytes of address space in use: torch's libraries alone map gigabytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def _watched(name: str, number: int, folder: Path, counts, end: float) -> tuple[str, bytes, str] | None:
    """Run a round in a process; return the file it failed on, its content and why, or None."""
    news = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=_round, args=(name, number, folder, counts, news))
    process.start()
    before, since = -1, 0.0
    while process.is_alive() and news.empty():
        process.join(0.2)
        if counts[0] != before:
            before, since = counts[0], _processor_s(process.pid)
            if time.monotonic() > end:
                break
        elif _processor_s(process.pid) - since > STANDS_S:
            process.kill()
            return (*_newest(folder), f"reading took more than {STANDS_S:.0f} s of the processor")
    told = None if news.empty() else news.get()
    if told is None and process.exitcode not in (None, 0):
        return (*_newest(folder), f"the process ended with status {process.exitcode}")
    process.kill()
    return told


def _processor_s(pid: int) -> float:
    """Return the processor time of a process, s: the machine may do much else; 0 for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _newest(folder: Path) -> tuple[str, bytes]:
    path = max(folder.iterdir(), key=lambda one: one.stat().st_mtime_ns)
    return path.name, path.read_bytes()


def fuzz(name: str, minutes: float, out: Path, first_seed: int) -> int:
    """Read damaged files of a format for some minutes; returns how many failures were kept in `out`."""
    counts = multiprocessing.Array("q", 2, lock=False)
    end, number, kept = time.monotonic() + 60 * minutes, first_seed, set()
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            failed = _watched(name, number, Path(folder), counts, end)
            number += 1
            if failed is None:
                continue
            file, content, why = failed
            reason = why.strip().splitlines()[-1][:200]
            place = [line.strip() for line in why.splitlines() if "xanesview/" in line][-1:]
            if (reason, *place) not in kept:
                kept.add((reason, *place))
                target = out / name / f"{len(kept):03d}_{file}"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                target.with_name(target.name + ".why.txt").write_text(why, encoding="utf-8")
                print(f"  {target} ({len(content)} bytes): {reason} {' '.join(place)}", flush=True)
    print(f"{name}: {counts[0]} files, {counts[1]} read, {counts[0] - counts[1]} refused, {len(kept)} failures",
          flush=True)  # fmt: skip
    return len(kept)


def main() -> int:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("format", nargs="*", help="kinds of files, or “all”")
    parser.add_argument("--list", action="store_true", help="print the kinds")
    parser.add_argument("--minutes", type=float, default=2.0, help="for each kind (default: 2)")
    parser.add_argument("--out", type=Path, default=Path("fuzz_failures"), help="folder of failing files")
    parser.add_argument("--seed", type=int, default=0, help="other files with another number")
    asked = parser.parse_args()
    known = sorted(targets())
    if asked.list or not asked.format:
        print("\n".join(known))
        return 0
    names = known if asked.format == ["all"] else asked.format
    for name in names:
        if name not in known:
            parser.error(f"no kind “{name}”; there are {', '.join(known)}")
    multiprocessing.set_start_method("fork")
    return 1 if sum(fuzz(name, asked.minutes, asked.out, asked.seed) for name in names) else 0


if __name__ == "__main__":
    sys.exit(main())
