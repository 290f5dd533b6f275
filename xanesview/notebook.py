"""What notebooks show of structures, spectra and predictions, and tables for pandas and xarray.

Jupyter and IPython ask the formatters that `register` gives them; nothing of them is needed, nor Qt.
"""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Callable, Iterable
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from xanesview.domain.absorption import COMPONENTS, AbsorptionTensor
from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    import pandas
    import xarray

    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.structure import Structure
    from xanesview.predicted import Opened, Predicted

_PICTURE_PX = (520, 390)
_PLOT_DPI = 110


def register() -> None:
    """Tell IPython, where it runs, how structures, spectra and predictions are shown."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return
    formatters = shell.display_formatter.formatters
    for kind, module, name, shown in (
        ("image/png", "xanesview.domain.structure", "Structure", structure_png),
        ("image/png", "xanesview.domain.spectrum", "Spectrum", spectrum_png),
        ("text/html", "xanesview.predicted", "Opened", opened_html),
        ("text/html", "xanesview.predicted", "Predicted", predicted_html),
    ):
        formatters[kind].for_type_by_name(module, name, _or_text(shown))


def structure_png(structure: Structure, geometry: Geometry | None = None) -> bytes:
    """Return a picture of a structure as the window first shows it, on white.

    Raises
    ------
    XanesviewError
        If this machine can't draw without a window.
    """
    from xanesview.drawing3d.drawing import drawing_of
    from xanesview.drawing3d.pictures import picture
    from xanesview.gui.appearance.palette import LIGHT

    content = BytesIO()
    picture(drawing_of(structure, LIGHT, _PICTURE_PX, geometry=geometry)).save(content, format="PNG")
    return content.getvalue()


def spectrum_png(spectra: Spectrum | Iterable[Spectrum]) -> bytes:
    """Return a plot of one or several spectra, drawn as `xanesview.plot` draws them."""
    from xanesview.io.figures.curve_looks import with_roles
    from xanesview.io.figures.figure import FigureContent
    from xanesview.io.figures.figure_file import drawn, figure_bytes
    from xanesview.io.figures.spec import FigureSpec

    curves = with_roles([spectra] if isinstance(spectra, Spectrum) else list(spectra))
    spec = FigureSpec()
    return bytes(figure_bytes(drawn(FigureContent(curves), spec), "png", spec, dpi=_PLOT_DPI))


def opened_html(opened: Opened) -> str:
    """Return a structure's picture with its name and its formula."""
    structure = opened.structure
    return _beside(_image(lambda: structure_png(structure))) + _line(structure.name, structure.formula)


def predicted_html(predicted: Predicted) -> str:
    """Return picture and powder spectrum side by side, with the network and all that has to be said."""
    tensor, card = predicted.tensor, predicted.predictor.card
    html = _beside(
        _image(lambda: structure_png(predicted.structure)), _image(lambda: spectrum_png(predicted.spectrum()))
    )
    name = predicted.structure.name or predicted.structure.formula
    html += _line(name, f"{tensor.edge}, {counted(len(tensor.sites), 'site')}", card.title)
    worst = [v for v in predicted.prediction.verdicts if v.warning != "none"]
    if worst:
        named = ", ".join(f"{v.atom} ({v.warning})" for v in worst[:12]) + (" …" if len(worst) > 12 else "")
        html += _line(f"To be mistrusted: {named}")
    for notice in predicted.prediction.notices:
        html += _line(f"{notice.message} {notice.hint}".strip())
    return html


def to_pandas(spectra: Spectrum | Iterable[Spectrum]) -> pandas.DataFrame:
    """Return spectra as columns of a table over the energies, eV, of the first; the others are interpolated.

    Parameters
    ----------
    spectra : one or several
        Columns are called by their labels, with a number where two are alike. No value where a spectrum doesn't reach.

    Raises
    ------
    XanesviewError
        Without pandas, or without spectra.

    Examples
    --------
    >>> predicted = xanesview.open("benzene.xyz").predict()
    >>> table = xanesview.to_pandas(predicted.theta_series([20, 90]).spectra)
    >>> list(table.columns), table.index.name, table.attrs["axis"]
    (['θ = 20°', 'θ = 90°'], 'energy_ev', 'absolute')
    """
    pandas = _package("pandas")
    several = [spectra] if isinstance(spectra, Spectrum) else list(spectra)
    if not several:
        raise XanesviewError("There are no spectra to put into a table.")
    energy_ev = several[0].energy_ev
    columns: dict[str, np.ndarray] = {}
    for one in several:
        name, number = one.label or "intensity", 1
        while name in columns:
            number += 1
            name = f"{one.label or 'intensity'} ({number})"
        columns[name] = np.interp(energy_ev, one.energy_ev, one.intensity, left=np.nan, right=np.nan)
    table = pandas.DataFrame(columns, index=pandas.Index(energy_ev, name="energy_ev"))
    table.attrs.update({"unit": several[0].unit, "axis": several[0].axis})
    return table


def to_xarray(predicted: Predicted | AbsorptionTensor) -> xarray.Dataset:
    """Return absorption tensors as a labelled array: ``absorption`` over site, component and energy_ev.

    Each site's E0 is in ``e0_ev`` where it is known; unit, edge, axis and width in the attributes.

    Raises
    ------
    XanesviewError
        Without xarray.

    Examples
    --------
    >>> data = xanesview.to_xarray(xanesview.open("benzene.xyz").predict())
    >>> along_z = data.absorption.sel(component="zz").sum("site")
    >>> print(f"{float(along_z.idxmax()):.1f} eV")  # π*
    285.1 eV
    """
    xarray = _package("xarray")
    tensor = predicted if isinstance(predicted, AbsorptionTensor) else predicted.tensor
    values: dict[str, Any] = {"absorption": (("site", "component", "energy_ev"), tensor.components)}
    if tensor.ip_ev is not None:
        values["e0_ev"] = (("site",), tensor.ip_ev)
    places = {"site": tensor.sites, "component": list(COMPONENTS), "energy_ev": tensor.energy_ev}
    facts = {
        "unit": tensor.unit, "edge": tensor.edge, "axis": tensor.axis, "native_fwhm_ev": float(tensor.native_fwhm_ev),
    }  # fmt: skip
    return xarray.Dataset(values, places, facts)


def _package(name: str) -> Any:
    """Import what only tables need."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise XanesviewError(f"This needs the package {name}.", 'pip install "xanesview[notebook]"') from error


def _or_text(shown: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Leave it to the text where this machine can't draw."""

    def attempt(value: Any) -> Any:
        try:
            return shown(value)
        except XanesviewError:
            return None

    return attempt


def _image(made: Callable[[], bytes]) -> str:
    try:
        return f'<img src="data:image/png;base64,{b64encode(made()).decode()}" style="max-width: 100%"/>'
    except XanesviewError as error:
        return _line(error.message)


def _beside(*parts: str) -> str:
    cells = "".join(f'<div style="flex: 1 1 320px; max-width: 560px">{part}</div>' for part in parts)
    return f'<div style="display: flex; flex-wrap: wrap; align-items: center">{cells}</div>'


def _line(*words: str) -> str:
    return f"<div>{escape(' · '.join(word for word in words if word))}</div>"
