"""Some damaged files of every kind, drawn by hypothesis: each is read or refused in one sentence with a hint."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzzing import check, damaged, targets


@pytest.mark.parametrize("name", sorted(targets()))
def test_a_damaged_file_is_read_or_refused_in_a_sentence(tmp_path, name) -> None:
    target = targets()[name]
    outcomes = []

    @settings(
        max_examples=20, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )  # fmt: skip
    @given(damaged(target))
    def run(file: tuple[str, bytes]) -> None:
        path = tmp_path / file[0]
        path.write_bytes(file[1])
        outcomes.append(check(target, path))

    run()
    assert len(outcomes) >= 20


@pytest.mark.parametrize("name", sorted(targets()))
def test_the_good_files_that_are_damaged_are_read(tmp_path, name) -> None:
    target = targets()[name]
    read = 0
    for file, content in target.seeds.items():
        path = tmp_path / file
        path.write_bytes(content)
        read += check(target, path)
    assert read > 0
