"""Signals by the names of the columns: what is I0, transmitted, fluorescence, a yield, and what is made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.io.spectra.expression import quoted
from xanesview.io.spectra.raw_table import Offer, RawTable

_MOST_RAW = 60

ROLES: tuple[tuple[str, str], ...] = (  # in the order in which they are tried
    (
        "none",
        r"^(live|real|dead|elapsed|dwell|integration|count(ing)?|acq\w*|epoch|clock)?[\s_-]*"
        r"(time|sec(ond)?s?|clock\w*|timer)\d*([\s_/(].*)?$|\btime\b|_time$|countertimer|^date|epoch|clock|^index|^point|"
        r"^pt\.?\s?(no)?$|^#$|^row$|^no\.?$|^scan\b|^status|^event-?id|_?ticks?$|input ?count|output ?count|^icr|^ocr|"
        r"\.icr|dead ?time|dtf|dtcorr|factor|temp(erature)?|press(ure)?|vacuum|std|stdev|^err|error|_err$|"
        r"sigma_err|\bgain|"
        r"offset|dark|\bring|srcur|beam ?current|machine|^current$|^[hkl]$|bragg|angle|theta|\bgap|slit|motor|"
        r"^(x|y|z|th|phi|chi)$|chi\(?k|\bkev\b|energ|^hv$|^seconds?$|^t$|det(ector)?t|bkg|^pre[_ ]?edge|"
        r"^post[_ ]?edge|^der|^sec$|^nder|"
        r"^nsec|^e[_-]?e0$|deriv|weight",
    ),
    ("normalised", r"^(mu_?|xmu_?)?norm(ali[sz]ed)?\d*\b|_norm(ali[sz]ed)?$|^norm|^flat(tened)?\b|^flat$"),
    (
        "absorption",
        r"^(x?mu|µ|μ)(?![a-z])|^x?mu[_-]?(t|trans|f|fluor|fluo|e|ref)?\w*$|^\w*mu(trans|fluor)$|(^|[\s_])mu([\s_(]|$)|"
        r"^ln\(?_?\(?i0|^lni0|^log\(?_?i0|^ln ?\(|absor|^abs$|od$|optical density|epsilon|oscillator|cross|^sigma|"
        r"^intensity|^<xanes>|^xanes|^xas$|^spectrum$|^sum$",
    ),
    ("optical", r"^(beta|β)\w*|^f(''|″|\"|2|pp|_2)(?![a-z])|imag"),
    (
        "i0",
        r"^i[\s_]?(0|o|zero)(?![a-z])|^i0[\s_]?\w*|izero|^i[-_ ]zero|\bi0\b|_i0$|_i0_|incident|incoming|^monitor|^mon$|"
        r"spiegel|^mon_?c(ou)?n?ts?$|"
        r"mirror|\bmesh\b|_mesh|^io\b|fluxmon|^ic0|^ionch(amber)?0|^i0eh|^sai0|_io$",
    ),
    (
        "reference",
        r"^i[\s_]?(ref\w*|r|2|3)(?![a-z\d])|^ref\w*|_i?ref\b|itrans2|irefer|^i2$|^ic2|^iref|_i2$|^mu_?ref|reference",
    ),
    (
        "fluorescence",
        r"^i[\s_]?f(?![a-z])|^i?f(luo\w*|lu?)\b|fluo|^iff?\b|pips|lytle|[_ .-]?(k|l)[ab]\d?\b|_ka|_la|\broi|_roi|\bsdd|"
        r"vortex|xspress|^ge[_ ]?\d|^sca(?!n)|mca\d?|^ifch|ifslow|iffast|^ch\d+$|tfy|pfy|ipfy|\bfy\b|^ff$|^ff_|diode|"
        r"ketek|vor\d|bicron|_fluo\b|^det\d|^corr\d|^med|xmap|window\d",
    ),
    (
        "transmission",
        r"^i[\s_]?(1|t|trans\w*|tr)(?![a-z\d])|^it\b|itrans|^trans\w*|transmi|^i1\b|^ic1|^ionch(amber)?1|_i1$|_it$|^it_",
    ),
    (
        "yield",
        r"\btey|tey\b|_tey|tey_|\bpey|pey\b|aey|\bcey|yield|drain|probe(n)?strom|sample|electrometer|channeltron|\bmcp|\bey\b|keithley|"
        r"picoammeter|^is(ample)?\b",
    ),
)
_FOIL = r"ref|_r$|foil"


@dataclass(frozen=True)
class Offers:
    """Signals that a table offers, the usual one first, and whether that needs no question."""

    offers: tuple[Offer, ...]
    is_sure: bool


def role(name: str) -> str:
    """Return what a column of this name records: one of the `ROLES`, or empty where nothing is known."""
    lower = re.sub(
        r"\s*[\(\[](k?ev|counts?|a|ma|na|v|arb\.? ?u\.?|a\.?u\.?|cps|hz|s|sec)[\)\]]\s*$",
        "",
        name.lower().strip('"# ').lstrip("'"),
    )
    lower = re.sub(r"\s+(counts?|k?ev|ma|na|pa|volts?|cps|hz|arb|a\.?u\.?)$", "", lower)
    if re.search(r"ff_?i0$|ff/i0|^i?f\w*/i0", lower):
        return "fluorescence/I0"
    return next((kind for kind, pattern in ROLES if re.search(pattern, lower)), "")


def offered(table: RawTable, energy: int) -> Offers:
    """Return the signals of a table whose format offers none: what the names say, then the columns as they are."""
    others = [column for column in range(len(table.names)) if column != energy]
    lively = [column for column in others if _varies(table.values[:, column])]
    roles = {column: role(table.names[column]) for column in others}
    by_role = {kind: [c for c in lively if roles[c] == kind] for kind in {*roles.values(), "none"}}

    def named(kind: str) -> list[int]:
        return by_role.get(kind, [])

    flux = next((c for c in others if roles[c] == "i0" and _is_positive(table.values[:, c])), None)
    made: list[Offer] = []
    foils = [
        c for kind in ("normalised", "absorption") for c in named(kind) if re.search(_FOIL, table.names[c].lower())
    ]
    for kind in ("normalised", "absorption", "optical"):
        made += [Offer(table.names[c], quoted(table.names[c]), kind) for c in named(kind) if c not in foils]
    given = len(made)
    made += [Offer(table.names[c], quoted(table.names[c]), "fluorescence") for c in named("fluorescence/I0")]
    through, foil = named("transmission"), named("reference")
    if (
        not through
        and flux is not None
        and len(foil) == 1
        and re.fullmatch(r"i[\s_]?2.*", table.names[foil[0]].lower())
    ):
        through, foil = foil, []  # I0 and I2 alone
    made += _made(table, flux, through, named("fluorescence"), named("yield"), _is_soft(table.values[:, energy]))
    if foil and (through or flux is not None):
        upstream = through[0] if through else flux
        name = f"ln({_q(table, upstream)}/{_q(table, foil[0])})"
        made.append(Offer("µ (reference)", name, "reference"))
    made += [Offer(table.names[c], quoted(table.names[c]), "reference") for c in foils]
    raw = [c for c in lively if roles[c] == ""] + [c for c in lively if roles[c] not in ("", "none")]
    if not made and not raw:
        raw = named("none")
    unknown = [c for c in lively if roles[c] == ""]
    if not lively:
        raw = others
    plain = {offer.expression for offer in made}
    rest = [Offer(table.names[c], _q(table, c), "raw") for c in raw if _q(table, c) not in plain][:_MOST_RAW]
    return Offers((*made, *rest), _is_sure(made, given, others, unknown, flux is not None))


def _is_sure(made: Sequence[Offer], given: int, others: list[int], unknown: list[int], has_flux: bool) -> bool:
    """Tell whether the first signal is what anyone would draw."""
    if len(others) == 1:
        return True
    if given:  # µ is in the file; several of them may be those of samples or angles
        kinds = [offer.kind for offer in made[:given]]
        return kinds.count(kinds[0]) == 1
    kinds = [offer.kind for offer in made if offer.kind != "reference"]
    if not kinds or unknown:
        return False
    return len(kinds) == 1 and (kinds[0] == "transmission" or not has_flux)


def _made(
    table: RawTable, flux: int | None, through: list[int], fluorescence: list[int], yields: list[int], soft: bool
) -> list[Offer]:
    """Return signals over the incoming flux, where it is known; those of a detector of many elements added up.

    Electron yields come before fluorescence with soft X-rays, after it with hard ones.
    """
    i0 = "" if flux is None else f"/{_q(table, flux)}"
    over = "" if flux is None else f"/{table.names[flux]}"
    made = []
    if flux is not None:
        made += [Offer("µ (transmission)", f"ln({_q(table, flux)}/{_q(table, c)})", "transmission") for c in through]
    photons = []
    for group in _groups(table, fluorescence):
        added = "+".join(_q(table, c) for c in group)
        if len(group) > 1:
            name = f"{_stem(table.names[group[0]])} (sum of {len(group)}){over}"
            photons.append(Offer(name, f"({added}){i0}", "fluorescence"))
        else:
            photons.append(Offer(f"{table.names[group[0]]}{over}", f"{added}{i0}", "fluorescence"))
    electrons = [Offer(f"{table.names[c]}{over}", f"{_q(table, c)}{i0}", "yield") for c in yields]
    made += [*electrons, *photons] if soft else [*photons, *electrons]
    counts: dict[str, int] = {}
    renamed = []
    for offer in made:
        counts[offer.name] = counts.get(offer.name, 0) + 1
        name = offer.name if counts[offer.name] == 1 else f"{offer.name} {counts[offer.name]}"
        renamed.append(Offer(name, offer.expression, offer.kind))
    return renamed


def _is_soft(energies: np.ndarray) -> bool:
    """Tell whether energies, in eV or keV, are of soft X-rays."""
    finite = energies[np.isfinite(energies)]
    return bool(finite.size) and (150.0 < finite.max() < 2000.0 or 0.15 < finite.max() < 2.0)


def _groups(table: RawTable, columns: list[int]) -> list[list[int]]:
    """Return columns of the same name but for a number together, where they are three or more."""
    by_stem: dict[str, list[int]] = {}
    for column in columns:
        by_stem.setdefault(_stem(table.names[column]), []).append(column)
    groups = []
    for members in by_stem.values():
        groups += [members] if len(members) > 2 else [[one] for one in members]
    return groups


def _stem(name: str) -> str:
    """Return a name without its last number."""
    return re.sub(r"[\s_.#-]*\d+(?=\D*$)", "", name, count=1) or name


def _q(table: RawTable, column: int) -> str:
    return quoted(table.names[column])


def _varies(column: np.ndarray) -> bool:
    finite = column[np.isfinite(column)]
    return bool(finite.size and np.any(finite != finite[0]))


def _is_positive(column: np.ndarray) -> bool:
    finite = column[np.isfinite(column)]
    return bool(finite.size and np.mean(finite > 0) > 0.5) or bool(finite.size and np.mean(finite < 0) > 0.99)
