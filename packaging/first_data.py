"""Write which constitutions a data file holds that networks learn from and that is not shipped.

``python packaging/first_data.py FILE.h5 …`` writes ``resources/reference/first_data.tsv``: the file's name, the split
and a hash of the constitution, a line each. Of the spectra nothing is written.
"""

from __future__ import annotations

import sys
from pathlib import Path

import h5py

from xanesview.reference.library.first_data import TABLE, constitution_hash
from xanesview.reference.making.splits import constitution_key

OUT = Path(__file__).resolve().parents[1] / "resources" / "reference" / TABLE


def main(paths: list[str]) -> None:
    """Write the table of some files."""
    lines = []
    for path in map(Path, paths):
        with h5py.File(path) as f:
            pairs = zip(f["molecule/split"].asstr()[:], f["molecule/smiles"].asstr()[:], strict=True)
            found = {(split, constitution_hash(constitution_key(smiles))) for split, smiles in pairs}
        lines += [f"{path.name}\t{split}\t{digest}" for split, digest in sorted(found)]
    OUT.write_text("\n".join(["# file, split, hash of the constitution", *lines]) + "\n", encoding="utf-8")
    print(f"{OUT}: {len(lines)} constitutions")


if __name__ == "__main__":
    main(sys.argv[1:])
