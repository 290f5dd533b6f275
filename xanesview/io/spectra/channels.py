"""Signals by the names of the columns: what is I0, transmitted, fluorescence, a yield, and what is made of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.io.spectra.energy_axis import SET_OR_REACHED
from xanesview.io.spectra.expression import quoted
from xanesview.io.spectra.raw_table import Offer, RawTable

_MOST_RAW = 60

ROLES: tuple[tuple[str, str], ...] = (  # in the order in which they are tried
    (
        "none",
        r"^(live|real|dead|elapsed|dwell|integration|count(ing)?|acq\w*|epoch|clock)?[\s_-]*"
        r"(time|sec(ond)?s?|clock\w*|timer)\d*([\s_/(].*)?$|\btime\b|_time$|time_?stamp|countertimer|_timer$|^date|epoch|clock|^index|^point|"
        r"^pt\.?\s?(no)?$|^#$|^row$|^no\.?$|^scan\b|^status|^event-?id|_?ticks?$|input ?count|output ?count|^icr|^ocr|"
        r"\.icr|dead ?time|dtf|dtcorr|factor|temp(erature)?|press(ure)?|vacuum|std|stdev|^err|error|_err$|"
        r"sigma_err|\bgain|"
        r"offset|dark|\bring|srcur|beam ?current|machine|^current$|^[hkl]$|bragg|angle|theta|\bgap|slit|motor|"
        r"^(x|y|z|th|phi|chi)$|chi\(?k|\bkev\b|energ|^hv$|^seconds?$|^t$|det(ector)?t|bkg|^pre[_ ]?edge|"
        r"^post[_ ]?edge|^der|^sec$|^nder|"
        r"^nsec|^e[_-]?e0$|deriv|weight|"
        rf"{SET_OR_REACHED}|"
        r"^wave[\s_-]?length|^lambda(?![a-z])|^λ",
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
        r"^i[\s_]?(0|o|zero)(?![a-z])|^i0[\s_]?\w*|izero|^i[-_ ]zero|\bi0\b|_i0$|_i0_|incident|incoming|spiegel|"
        r"^mon_?c(ou)?n?ts?$|mirror|mesh|^io\b|fluxmon|^ic_?0|^ion_?(ch(amber)?)?_?0|^i0eh|^sai0|_io$|"
        r"(^|[\s_.-]|beam|^i)mon(itor)?\d*([\s_.-]|$)|^monitor|^((beam|photon|ring)[\s_]*)?flux([\s_]|$)|"
        r"^gold([\s_]?(current|i))?$|^au[\s_]?(current|i)$|\bgrid\b|^upstream",
    ),
    (
        "reference",
        r"^i[\s_]?(ref\w*|r|2|3)(?![a-z\d])|^ref\w*|_i?ref\b|itrans2|irefer|^i2$|^ic2|^iref|_i2$|^mu_?ref|reference",
    ),
    (
        "fluorescence",
        r"^i[\s_]?f(?![a-z])|^i?f(luo\w*|lu?)\b|fluo|^iff?\b|pips|lytle|[_ .-]?(k|l)[ab]\d?\b|_ka|_la|\broi|_roi|"
        r"\bsdd|vortex|xspress|^ge[_ ]?\d|^sca(?!n)|mca\d?|^ifch|ifslow|iffast|^ch\d+$|tfy|pfy|ipfy|\bfy\b|^ff$|^ff_|"
        r"diode|ketek|vor\d|bicron|_fluo\b|^det\d|^corr\d|^med|xmap|window\d",
    ),
    (
        "transmission",
        r"^i[\s_]?(1|t|trans\w*|tr)(?![a-z\d])|^it\b|itrans|^trans\w*|transmi|^%\s?t(rans\w*)?$|^t\s?[(\[/]?\s?%|^i1\b|^ic1|^ionch(amber)?1|_i1$|_it$|^it_",
    ),
    (
        "yield",
        r"\btey|tey\b|_tey|tey_|\bpey|pey\b|aey|\bcey|yield|drain|probe(n)?strom|sample|electrometer|channeltron|\bmcp|\bey\b|keithley|"
        r"picoammeter|^is(ample)?\b",
    ),
)
_COUNTER = r"^det(ector)?s?\b|^det(ector)?_|^sig(nal)?\b|^counts?\b|^counter|^intens|^channel"
_MOST_COUNTERS = 8
_HIGHEST_FRACTION = 1.3  # of a transmittance: its 100 % may be measured elsewhere
_FOIL = r"ref|_r$|foil"


@dataclass(frozen=True)
class Offers:
    """Signals that a table offers, the usual one first, and whether that needs no question."""

    offers: tuple[Offer, ...]
    is_sure: bool


def role(name: str) -> str:
    """Return what a column of this name records: one of the `ROLES`, or empty where nothing is known."""
    lower = _bare(name)
    if (made := _made_already(lower)) is not None:
        return made
    return _recorded(lower)


def _bare(name: str) -> str:
    """Return a name in lower case without the unit that it ends with."""
    lower = re.sub(
        r"\s*[\(\[](k?ev|counts?|a|ma|na|v|arb\.? ?u\.?|a\.?u\.?|cps|hz|s|sec)[\)\]]\s*$",
        "",
        name.lower().strip('"# ').lstrip("'"),
    )
    lower = re.sub(r"\s+(counts?|k?ev|ma|na|pa|volts?|cps|hz|arb|a\.?u\.?)$", "", lower)
    return re.sub(r"\s+(counts?|k?ev|ma|na|pa|volts?|cps|hz|arb|a\.?u\.?)$", "", lower)


def _recorded(lower: str) -> str:
    """Return what a column records that was not made of others, by its name in lower case."""
    return next((kind for kind, pattern in ROLES if re.search(pattern, lower)), "")


_LOG = re.compile(r"([-−–]?)\s*(?:ln|log(?:10|e)?)(?:\s*[(\[{]|[\s_]+)(.*)")
_OVER = re.compile(
    r"\s*[/÷]\s*|[\s_]+(?:over|by|div(?:ided)?(?:[\s_]+by)?|norm(?:ali[sz]ed)?[\s_]+(?:by|to|with))[\s_]+"
)
_GLUED = re.compile(r"(ff|i?flu?o?r?|t[fe]y|i?p[fe]y|if|it|itrans|i1|fluo\w*)[\s_.-]?(?:norm)?[\s_.-]?(i0)")
_NORM = re.compile(r"[\s_.-]*norm(ali[sz]ed)?[\s_.-]*")
_GROUPS = r"entry\d*|scan\d*|measurement|instrument|data|detectors?|counters?|channels?"  # of paths in a file
_BELOW = ("i0", "transmission", "fluorescence", "yield", "reference")


def _made_already(lower: str) -> str | None:
    """Return what a column is that was made of others: a logarithm or a ratio, such as yield/I0; None for any other.

    None of them may be taken for I0, or for what is divided by it.
    """
    if log := _LOG.fullmatch(lower):
        above, below = _parts(log[2].rstrip(" )]}")) or ("", "")
        kinds = {_recorded(above), _recorded(below)}
        if "reference" in kinds and kinds & {"i0", "transmission"}:
            return "foil"
        if kinds == {"i0", "transmission"}:
            return "-absorption" if not log[1] and _recorded(below) == "i0" else "absorption"
        if re.fullmatch(r"i[_ ]?[0o]", log[2].strip(" ()[]")):
            return "none"
        found = _recorded(lower)
        return found if found in ("absorption", "none") else "ratio"
    parts = _parts(lower)
    if parts is None:
        rest = _NORM.sub("", lower)
        is_flux = rest != lower and _recorded(rest) == "i0"
        return "i0" if is_flux else ("ratio" if "ratio" in lower and _recorded(lower) in _BELOW else None)
    above, below = (_recorded(part) for part in parts)
    if below == "i0" and above in ("fluorescence", "yield", "transmission", "absorption", "normalised"):
        return above if above in ("absorption", "normalised") else f"{above}/I0"
    return "I0/transmission" if (above, below) == ("i0", "transmission") else "ratio"


def _parts(lower: str) -> tuple[str, str] | None:
    """Return what is above and below the line of a ratio of two columns, None where a name is none."""
    if glued := _GLUED.fullmatch(lower):
        return glued[1], glued[2]
    found = [part.strip(" ()[]{}") for part in _OVER.split(lower)]
    if len(found) != 2 or not all(found) or re.fullmatch(_GROUPS, found[0]):
        return None
    return (found[0], found[1]) if _recorded(found[1]) in _BELOW else None


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
    foils = named("foil") + [
        c for kind in ("normalised", "absorption") for c in named(kind) if re.search(_FOIL, table.names[c].lower())
    ]
    for kind in ("normalised", "absorption", "optical"):
        made += [Offer(table.names[c], quoted(table.names[c]), kind) for c in named(kind) if c not in foils]
    made += [Offer(f"µ = −{table.names[c]}", f"-{quoted(table.names[c])}", "absorption") for c in named("-absorption")]
    given = len(made)
    ratios = _ratios(table, named, _is_soft(table.values[:, energy]))
    made += ratios
    through, foil = named("transmission"), named("reference")
    if (
        not through
        and flux is not None
        and len(foil) == 1
        and re.fullmatch(r"i[\s_]?2.*", table.names[foil[0]].lower())
    ):
        through, foil = foil, []  # I0 and I2 alone
    alone = [] if flux is not None or made else [_through_alone(table, column) for column in through]
    made += [offer for offer, _ in alone]
    there = {offer.expression.replace('"', "").lower() for offer in ratios}
    made += [
        one
        for one in _made(table, flux, through, named("fluorescence"), named("yield"), _is_soft(table.values[:, energy]))
        if one.expression.replace('"', "").lower() not in there
    ]
    if flux is not None and not made:  # counters that only their I0 tells of
        counters = [c for c in named("") if re.search(_COUNTER, table.names[c].lower())]
        made += [
            Offer(f"{table.names[c]}/{table.names[flux]}", f"{_q(table, c)}/{_q(table, flux)}", "raw")
            for c in counters[:_MOST_COUNTERS]
        ]
    if foil and (through or flux is not None):
        upstream = through[0] if through else flux
        name = f"ln({_q(table, upstream)}/{_q(table, foil[0])})"
        made.append(Offer("µ (reference)", name, "reference"))
    made += [Offer(table.names[c], quoted(table.names[c]), "reference") for c in foils]
    raw = [c for kind in ("ratio", "") for c in named(kind)]
    raw += [c for c in lively if roles[c] not in ("ratio", "", "none")]
    if not made and not raw:
        raw = named("none")
    unknown = [c for c in lively if roles[c] in ("", "ratio")]
    if not lively:
        raw = others
    plain = {offer.expression for offer in made}
    rest = [Offer(table.names[c], _q(table, c), "raw") for c in raw if _q(table, c) not in plain][:_MOST_RAW]
    is_sure = _is_sure(made, given, others, unknown, flux is not None)
    is_guess = not all(sure for _, sure in alone) or (flux is None and _is_nameless_sum(made))
    return Offers((*made, *rest), is_sure and not is_guess)


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


def _through_alone(table: RawTable, column: int) -> tuple[Offer, bool]:
    """Return µ of what was transmitted where nothing tells I0, and whether that is sure: it is for a transmittance.

    Drawn as it is, an absorption edge would go down.
    """
    values = table.values[:, column]
    finite = values[np.isfinite(values)]
    words = f"{table.names[column]} {table.units[column]}".lower()
    is_fraction = bool(finite.size) and finite.min() > 0.0 and finite.max() < _HIGHEST_FRACTION
    is_percent = (
        not is_fraction
        and bool(finite.size)
        and finite.max() < 100.0 * _HIGHEST_FRACTION
        and ("%" in words or "percent" in words or re.search(r"transmi(ttance|ssion)", words) is not None)
    )
    above = "1" if is_fraction else "100" if is_percent else ""
    told = re.search(r"transmi(ttance|ssion)|%|percent", words) is not None
    if not above:
        return Offer("µ (transmission, I0 not known)", f"-ln({_q(table, column)})", "transmission"), False
    return Offer("µ (transmission)", f"ln({above}/{_q(table, column)})", "transmission"), told


def _is_nameless_sum(made: Sequence[Offer]) -> bool:
    """Tell whether the first signal adds up channels whose names don't tell that they are of one detector."""
    return (
        bool(made)
        and made[0].kind == "fluorescence"
        and re.match(r"\(\"?(ch|channel)[ _]?\d+\"?\+", made[0].expression) is not None
    )


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


def _ratios(table: RawTable, named: Callable[[str], list[int]], soft: bool) -> list[Offer]:
    """Return signals of columns that are ratios to I0 already; a transmittance becomes µ by its logarithm."""
    made = [Offer("µ (transmission)", f"ln(1/{quoted(table.names[c])})", "transmission")
            for c in named("transmission/I0")]  # fmt: skip
    made += [Offer("µ (transmission)", f"ln({quoted(table.names[c])})", "transmission")
             for c in named("I0/transmission")]  # fmt: skip
    kinds = ("yield", "fluorescence") if soft else ("fluorescence", "yield")
    return made + [Offer(table.names[c], quoted(table.names[c]), kind) for kind in kinds for c in named(f"{kind}/I0")]


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
