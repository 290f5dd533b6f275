"""One sentence a kind of warning, the same for window, terminal and files."""

from __future__ import annotations

from xanesview.inference.domain_check import SiteVerdict
from xanesview.shown.site_warnings import site_warnings, warning_facts, warning_of

VERDICTS = (
    SiteVerdict(0, True),
    SiteVerdict(1, False, ("C bonded to 4 F: in 1 training molecule",)),
    SiteVerdict(2, True, ("the networks disagree; error expected 2.1 × the usual",), True, 2.1),
    SiteVerdict(3, True, ("the networks disagree; error expected 4.0 × the usual",), True, 4.0),
)


def test_each_kind_is_told_in_one_sentence_and_the_worst_speaks_for_the_uncertain():
    outside, uncertain = site_warnings(VERDICTS, lambda atom: f"C{atom}")
    assert outside.sentence == (
        "C1: outside the training data, as C bonded to 4 F: in 1 training molecule; the curve may be wrong in ways its "
        "band does not show."
    )
    assert uncertain.atoms == (2, 3)
    assert uncertain.sentence == (
        "C2, C3: uncertain, as the networks disagree; error expected 4.0 × the usual at C3, less at others."
    )
    assert site_warnings(VERDICTS[:1], str) == []


def test_a_row_and_a_header_say_the_same():
    assert [warning_of(one) for one in VERDICTS[:2]] == [
        "", "Outside the training data: C bonded to 4 F: in 1 training molecule",
    ]  # fmt: skip
    facts = warning_facts(VERDICTS)
    assert (facts["outside_training_domain"], facts["uncertain_sites"]) == ("1", "2 3")
    assert facts["warnings"].startswith("atom 1: C bonded to 4 F: in 1 training molecule | atom 2: the networks")
    assert warning_facts(VERDICTS[:1]) == {}
