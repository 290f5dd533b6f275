"""Natural widths of core levels: how broad the core hole makes an edge.

Full widths at half maximum, eV: M. O. Krause, J. H. Oliver, J. Phys. Chem. Ref. Data 8 (1979) 329; below neon, and
where these are silent, O. Keski-Rahkonen, M. O. Krause, At. Data Nucl. Data Tables 14 (1974) 139; as XrayDB 4.5 lists
them.
"""

from __future__ import annotations

from xanesview.domain.structure import SYMBOLS
from xanesview.errors import XanesviewError

_K = """
0.036 0.0483 0.0647 0.0868 0.1163 0.1559 0.2089 0.24 0.3 0.36 0.42 0.48 0.53 0.59 0.64 0.68 0.74 0.81 0.86 0.94 1.01
1.08 1.16 1.25 1.33 1.44 1.55 1.67 1.82 1.96 2.14 2.33 2.52 2.75 2.99 3.25 3.52 3.84 4.14 4.52 4.91 5.33 5.77 6.24
6.75 7.28 7.91 8.49 9.16 9.89 10.6 11.4 12.3 13.2 14.1 15.1 16.2 17.3 18.5 19.7 21 22.3 23.8 25.2 26.8 28.4 30.1 31.9
33.7 35.7 37.7 39.9 42.1 44.4 46.8 49.3 52 54.6 57.4 60.4 63.4 66.6 69.8 73.3 76.8 80.4 84.1 88 91.9 96.1
"""
_L1 = """
0.1126 0.1426 0.1806 0.2287 0.2897 0.367 0.4648 0.1 0.2 0.41 0.73 1.03 1.26 1.49 1.58 1.63 1.92 2.07 2.21 2.34 2.41
2.54 2.62 2.76 2.79 2.89 3.06 3.28 3.38 3.53 3.79 3.94 4.11 4.28 4.44 4.67 4.71 4.78 3.94 4.25 4.36 4.58 4.73 4.93
4.88 4.87 5 2.97 3.13 3.32 3.46 3.64 3.78 3.92 4.06 4.21 4.34 4.52 4.67 4.8 4.91 5.05 5.19 5.25 5.33 5.43 5.47 5.53
5.54 5.63 5.58 5.61 6.18 7.25 8.3 9.39 10.5 11.3 12 12.2 12.4 12.6 12.8 13.1 13.3 13.4 13.6 13.7 14.3 14
"""
_L2 = """
0 0.0025 0.0033 0.0045 0.006 0.0081 0.011 0 0 0.001 0.004 0.015 0.032 0.054 0.083 0.126 0.152 0.17 0.19 0.24 0.26 0.29
0.34 0.37 0.43 0.52 0.62 0.72 0.83 0.95 1.03 1.13 1.21 1.31 1.43 1.54 1.65 1.78 1.87 1.97 2.08 2.23 2.35 2.43 2.57
2.62 2.72 2.84 3 3.12 3.25 3.4 3.51 3.57 3.68 3.8 3.89 3.97 4.06 4.15 4.23 4.32 4.43 4.55 4.66 4.73 4.79 4.82 4.92
5.02 5.15 5.33 5.48 5.59 5.69 5.86 6 6.17 6.32 6.48 6.67 6.83 7.01 7.2 7.47 7.68 7.95 8.18 8.75 9.32
"""
_L3 = """
0 0.0025 0.0033 0.0045 0.006 0.0081 0.011 0 0 0.001 0.004 0.014 0.033 0.054 0.087 0.128 0.156 0.17 0.19 0.22 0.24 0.27
0.32 0.36 0.43 0.48 0.56 0.65 0.76 0.82 0.94 1 1.08 1.17 1.27 1.39 1.5 1.57 1.66 1.78 1.91 2 2.13 2.25 2.4 2.5 2.65
2.75 2.87 2.95 3.08 3.13 3.25 3.32 3.41 3.48 3.6 3.65 3.75 3.86 3.91 4.01 4.12 4.17 4.26 4.35 4.48 4.6 4.68 4.8 4.88
4.98 5.04 5.16 5.25 5.31 5.41 5.5 5.65 5.81 5.98 6.13 6.29 6.41 6.65 6.82 6.98 7.13 7.33 7.43
"""
_FIRST = 3  # lithium; the last is uranium
EDGES = ("K", "L1", "L2", "L3")
_WIDTHS = {edge: tuple(map(float, text.split())) for edge, text in zip(EDGES, (_K, _L1, _L2, _L3))}


def core_width_ev(element: str, edge: str) -> float:
    """Return the full width at half maximum of a core level, eV.

    Parameters
    ----------
    element : symbol, lithium to uranium
    edge : one of `EDGES`

    Raises
    ------
    XanesviewError
        If it is not in the table.
    """
    symbol, level = element.strip().capitalize(), edge.strip().upper()
    place = SYMBOLS.index(symbol) - _FIRST if symbol in SYMBOLS else -1
    if level not in _WIDTHS or not 0 <= place < len(_WIDTHS[level]) or not _WIDTHS[level][place]:
        raise XanesviewError(
            f"The width of the core level {element} {edge} is not known.",
            f"Give the width in eV; elements from Li to U and the edges {', '.join(EDGES)} are known.",
        )
    return _WIDTHS[level][place]
