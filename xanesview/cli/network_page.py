"""What the cards of networks say, as a page of the guide in Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence

from xanesview.domain.absorption import EDGE_STEP
from xanesview.domain.counts import counted
from xanesview.domain.structure import SYMBOLS
from xanesview.networks.card import GIVES, BundleInfo, Card
from xanesview.networks.kinds import kind_named

LINE_LENGTH = 116

INTRODUCTION = (
    "One section a network, made from the networks' cards by `xanesview networks --markdown`. What they are, how they "
    "compare and where their figures come from stands in [our networks](tensor_networks.md) and "
    "[published networks](published_networks.md); how to add your own, in [training](training.md).",
    "All tests are on molecules or crystals apart from training: molecules split by constitution, crystals by parent. "
    "C, N, O: mean square error (MSE) of spectra at σ = 0.5 eV in units of the training mean intensity, over 32 random "
    "directions a site unless isotropic; Fe and Cu: of edge steps.",
)
_GIVES = {
    "tensor": "the whole tensor σ(E) of each site: any polarisation, without asking the network again",
    "directional": "I(E; n), a spectrum for one direction of the light, asked anew for each",
    "isotropic": "the isotropic average, the same for every direction",
    "properties": "properties of a molecule, read from a spectrum",
}
_SHORT_GIVES = {"tensor": "σ(E)", "directional": "I(E; n)", "isotropic": "isotropic", "properties": "properties"}
_GROUPS = {
    "by_class": "class of the atom",
    "by_element": "molecule contains",
    "by_parent": "parent",
    "by_depth": "place of the site",
}
_VARIANTS = {
    "molecule": "molecule",
    "molecule+composition": "and composition",
    "site": "one site",
    "site+composition": "and composition ",
}


_PARTS = {"l0": "l = 0", "l2": "l = 2", "spectrum": "along a direction"}


def page(bundles: Sequence[BundleInfo]) -> str:
    """Return the page: an overview, then a section a network with its facts and its tests; broken ones by name."""
    working = in_order(info.card for info in bundles if info.card is not None and not info.problem)
    parts = ["# Networks", *map(_filled, INTRODUCTION), overview(working)]
    parts += [_section(card) for card in working]
    broken = [info for info in bundles if info.card is None or info.problem]
    if broken:
        parts.append("## Networks that cannot be used")
        parts.append("\n".join(f"- `{info.name}`: {info.problem or 'its card cannot be read'}" for info in broken))
    return "\n\n".join(parts) + "\n"


def in_order(cards: Iterable[Card]) -> list[Card]:
    """Return cards by atomic number of the absorber, those that give most first."""
    return sorted(cards, key=lambda card: (SYMBOLS.index(card.element), GIVES.index(card.gives), card.name))


def overview(cards: Iterable[Card]) -> str:
    """Return a table with one line a network: edge, what it gives, what it learnt from, its error on the test split."""
    rows = [
        (
            f"`{card.name}`",
            card.label,
            _SHORT_GIVES[card.gives],
            _learnt_from(card),
            _test_in_short(card),
        )
        for card in cards
    ]
    return table(("network", "edge", "gives", "learnt from", "error on test structures"), rows)


def table(heading: Sequence[str], rows: Sequence[Sequence[str]], numbers: bool = False) -> str:
    """Return a table in Markdown; with `numbers`, all columns but the first stand on the right."""
    marks = ["---", *(["--:" if numbers else "---"] * (len(heading) - 1))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heading, marks, *rows))


def number(value: object) -> str:
    """Return a measure with three decimals, small ones as 0.0059 or 6.3e-4, whole ones with commas."""
    if not isinstance(value, int | float) or value != value:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if 0 < abs(value) < 1e-3:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{value:.4f}" if abs(value) < 0.01 else f"{value:.3f}"


def _filled(text: str) -> str:
    return textwrap.fill(text, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)


def _learnt_from(card: Card) -> str:
    sites, structures = card.data.get("train_sites"), _train_structures(card)
    if not sites or not structures:
        return "crystals" if card.is_of_crystals else "molecules"
    return f"{counted(sites, 'site')}, {counted(structures, 'structure' if card.is_of_crystals else 'molecule')}"


def _train_structures(card: Card) -> int | None:
    return card.data.get("train_structures", card.data.get("train_molecules"))


def _split(card: Card, name: str) -> Mapping:
    return card.metrics.get(name, {})


def _test_in_short(card: Card) -> str:
    test = _split(card, "test")
    if card.gives == "properties":
        alone, known = (_r2(test, variant, "gap_ev") for variant in ("molecule", "molecule+composition"))
        return f"gap R² {alone}, with composition {known}" if alone and known else ""
    words = []
    if "mse_mean" in test and "mse_median" in test:
        words.append(f"{number(test['mse_mean'])} mean, {number(test['mse_median'])} median")
    if "isotropic_mse" in test:
        words.append(f"isotropic {number(test['isotropic_mse'])}")
    if card.gives == "isotropic" and card.e0_error_ev is not None:
        words.append(f"E0 ± {card.e0_error_ev:.2f} eV")
    return "; ".join(words)


def _r2_and_error(measures: Mapping[str, float]) -> str:
    r2, error = measures["r2"], measures["mae"]
    told = f"{r2:.3f}" if r2 > 0.994 else f"{r2:.2f}"
    return f"{told} ({f'{error:#.3g}'.rstrip('.')})".replace("-", "−")


def _r2(measures: Mapping, variant: str, key: str) -> str:
    value = measures.get("variants", {}).get(variant, {}).get("properties", {}).get(key, {}).get("r2")
    return "" if value is None else f"{value:.2f}"


def _section(card: Card) -> str:
    parts = [f"## {card.name}", _facts(card)]
    if card.data.get("limits"):
        parts.append(_filled(f"Limits: {card.data['limits']}"))
    if card.data.get("licence"):
        parts.append(_filled(f"Licence of the data: {card.data['licence']}."))
    if card.gives == "properties":
        parts.append(_properties(card))
        return "\n\n".join(parts)
    parts.append(_measures(card))
    for key, title in _GROUPS.items():
        group = _split(card, "test").get(key)
        if group:
            parts.append(_group(title, group))
    return "\n\n".join(parts)


def _facts(card: Card) -> str:
    unit = "eV" if card.axis == "absolute" else f"eV from {card.e0_name}"
    width = f"native width {card.native_fwhm_ev:.2f} eV"
    if card.raw.get("native_width"):
        width += f" ({card.raw['native_width']})"
    files = ", ".join(f"`{name}`" for name in card.data.get("files", ()))
    learnt = f"{_learnt_from(card)}{f' of {files}' if files else ''}"
    lines = [
        f"**{card.title}.** Gives {_GIVES[card.gives]}.",
        f"Energies {card.energy_ev[0]:.1f} to {card.energy_ev[-1]:.1f} {unit}; {width}; unit {card.unit}.".replace(
            "-", "−", int(card.energy_ev[0] < 0)
        ),
        f"Learnt from {learnt}; {card.data.get('method', 'method not told')}.",
        f"Inside the training domain: {' '.join(card.elements)}"
        + (f"; {card.domain['description']}." if card.domain.get("description") else "."),
        _sentence(symmetry_told(card)),
        _sentence(as_measured_told(card)),
        _size(card),
        _sentence(_literature(card)),
    ]
    return "\n".join(_item(line) for line in lines if line)


def _literature(card: Card) -> str:
    cited = kind_named(card.kind).literature
    return f"[To be cited](citing.md): {'; '.join(cited)}" if cited else ""


def symmetry_told(card: Card) -> str:
    """Return how far spectra were found to follow a structure that is turned, mirrored, moved or renumbered."""
    largest: dict[str, float] = {}
    for row in card.raw.get("symmetry", {}).get("error", {}).values():
        for part, error in row.items():
            largest[part] = max(largest.get(part, 0.0), float(error))
    words = ", ".join(f"{error:.1e} ({_PARTS.get(part, part)})" for part, error in largest.items())
    return f"symmetry: spectra of turned or moved structures agree within {words} of the largest" if words else ""


def as_measured_told(card: Card) -> str:
    """Return how spectra are drawn as measured, and how they meet those of substances left out of the fit."""
    if card.as_measured is None:
        return ""
    words, told = f"as measured: {card.as_measured}", card.raw["as_measured"]
    if "left_out" not in told or "as_computed" not in told:
        return words
    before, after = told["as_computed"], told["left_out"]
    words += f"; on {after['n_files']} measured spectra, each substance left out of the fit in turn, median r "
    words += f"{after['median_r']:.3f} (as computed {before['median_r']:.3f})"
    lines = [one.get("median_line_error_ev") for one in (after, before)]
    return words if None in lines else f"{words}, strongest line {lines[0]:.2f} eV off ({lines[1]:.2f})"


def _item(text: str) -> str:
    return textwrap.fill(
        text, LINE_LENGTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _size(card: Card) -> str:
    parameters, members = card.training.get("parameters_a_member"), card.raw.get("members", 1)
    words = []
    if parameters:
        words.append(f"{members} × {parameters:,} parameters" if members > 1 else f"{parameters:,} parameters")
    if "kernel" in card.raw:
        words.append(f"a kernel regression for {100 * card.raw['kernel']['share']:.0f} % of each prediction")
    minutes = [one.get("cpu_minutes") for one in card.training.get("members", ())]
    if minutes and all(minutes):
        words.append(f"{sum(minutes):.{0 if sum(minutes) >= 10 else 1}f} processor minutes of training")
    words += [word for word in (card.training.get("date"), card.licence) if word]
    return "; ".join(words) + "."


def _percent(value: float) -> str:
    return f"{value:.1f} %" if value < 10 else f"{value:.0f} %"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _times(value: float) -> str:
    return f"{value:.1f} ×"


def _ev(value: float) -> str:
    return f"{value:.2f} eV"


_Row = tuple[str, tuple[str, ...], Callable[[float], str]]
_ROWS: tuple[_Row, ...] = (
    ("sites / structures", ("n_sites", "n_structures"), number),
    ("MSE over directions, mean", ("mse_mean",), number),
    ("… median", ("mse_median",), number),
    ("… 95th percentile", ("mse_p95",), number),
    ("… share below 0.1", ("share_below_0.1",), _share),
    ("… below / above E0, mean", ("mse_below_e0", "mse_above_e0"), number),
    ("MSE of the fitted tensor, mean / median", ("fitted_mse_mean", "fitted_mse_median"), number),
    ("isotropic MSE, mean / median", ("isotropic_mse", "isotropic_mse_median"), number),
    ("… share below 0.1", ("isotropic_share_below_0.1",), _share),
    ("… below / above E0, mean", ("isotropic_mse_below_e0", "isotropic_mse_above_e0"), number),
    ("… of the gradient, 1/eV²", ("isotropic_gradient_mse",), number),
    ("… of the curvature, 1/eV⁴", ("isotropic_curvature_mse",), number),
    ("dichroism MSE (isotropic part taken away)", ("dichroism_mse",), number),
    ("molecular sum, isotropic, mean / median", ("molecular_sum_mse", "molecular_sum_mse_median"), number),
    ("… share below 0.1", ("molecular_sum_share_below_0.1",), _share),
    ("peak position error, mean / median", ("peak_position_error_ev", "peak_position_error_median_ev"), _ev),
    (
        "peak intensity error, mean / median",
        ("peak_intensity_error_percent", "peak_intensity_error_median_percent"),
        _percent,
    ),
    ("ionisation potential, mean absolute error", ("ip_mae_ev",), _ev),
    ("E0, mean absolute error", ("e0_mae_ev",), _ev),
    ("band holds the reference (68 / 95 % asked)", ("band_holds_percent", "band_95_holds_percent"), _percent),
    ("… along one direction", ("band_direction_holds_percent", "band_direction_95_holds_percent"), _percent),
    ("… of a sum over sites", ("band_sum_holds_percent", "band_sum_95_holds_percent"), _percent),
    (
        "… of a sum, one direction",
        ("band_sum_direction_holds_percent", "band_sum_direction_95_holds_percent"),
        _percent,
    ),
    ("σ not positive, (site, energy) pairs", ("not_positive_percent",), _percent),
    (
        "lowest below zero, % of the peak, median / 95th percentile / worst",
        ("negative_median_percent", "negative_p95_percent", "negative_worst_percent"),
        _percent,
    ),
    ("outside the training domain / uncertain", ("outside_domain_percent", "uncertain_percent"), _percent),
    ("… error of these sites over that of others", ("warned_error_ratio",), _times),
    ("… share of the worst 5 % that they hold", ("warned_share_of_worst",), _share),
    ("expected against true errors, rank correlation", ("expected_error_rank_correlation",), number),
)


def _measures(card: Card) -> str:
    splits = {title: _split(card, name) for title, name in (("validation", "val"), ("test", "test"))}
    splits = {title: found for title, found in splits.items() if found}
    rows = []
    for label, keys, form in _ROWS:
        if card.unit == EDGE_STEP and "0.1" in keys[0]:
            continue  # every error is below 0.1 edge steps
        cells = [_cell(found, keys, form) for found in splits.values()]
        if any(cells):
            rows.append((label, *cells))
    return table(("measure", *splits), rows, numbers=True)


def _cell(found: Mapping, keys: Sequence[str], form: Callable[[float], str]) -> str:
    return " / ".join(form(found[key]) for key in keys if isinstance(found.get(key), int | float))


def _group(title: str, group: Mapping[str, Mapping]) -> str:
    """Return the errors by kind of site, most sites first."""
    keys = [key for key in ("mse_mean", "mse_median", "isotropic_mse") if any(key in one for one in group.values())]
    names = {"mse_mean": "mean", "mse_median": "median", "isotropic_mse": "isotropic"}
    members = sorted(group.items(), key=lambda item: -item[1]["n_sites"])
    rows = [(name, number(one["n_sites"]), *(number(one.get(key)) for key in keys)) for name, one in members]
    return table((f"{title} (test)", "sites", *(names[key] for key in keys)), rows, numbers=True)


def _properties(card: Card) -> str:
    """Return R² and mean absolute error of every property on the test split, spectrum alone and with composition."""
    test = _split(card, "test")
    variants = [name for name in _VARIANTS if name in test.get("variants", {})]
    columns = [test["variants"][name]["properties"] for name in variants] + [test.get("composition_only", {})]
    rows = []
    for told in card.raw.get("properties", ()):
        found = [column.get(told["key"], {}) for column in columns]
        cells = [_r2_and_error(one) if one else "" for one in found]
        rows.append((f"{told['title']}, {told['unit']}", *cells))
    counts = {name: test["variants"][name].get("n") for name in variants}
    said = f"R² (mean absolute error) on the test split: {counted(counts.get('molecule', 0), 'molecule')}, "
    said += f"{counted(counts.get('site', 0), 'site')}. "
    said += "The last column is a linear fit to the numbers of atoms, no spectrum."
    heading = ("property", *(_VARIANTS[name].strip() for name in variants), "composition alone")
    return _filled(said) + "\n\n" + table(heading, rows, numbers=True)
