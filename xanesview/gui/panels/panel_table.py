"""One table of the panels that stand as tabs; the desk, the View menu and the tooltips of the tabs read it.

A further panel is a folder beside this file and one line in `PANELS`::

    PanelSpec("Why", "why.panel", "WhyPanel", "Which neighbours matter to the spectrum"),

Its class is a `Panel`, made as ``WhyPanel(context)``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PanelSpec:
    """One tab.

    Attributes
    ----------
    title : str
        One short word.
    module, widget : str
        Module below ``gui/panels``, and the class in it.
    tooltip : str
        What is to be found there.
    late : bool
        Made when its tab is first seen, so that whatever it imports costs no start; else with the window.
    plot_share : float
        Of the height of their column the curves keep at least this while the tab is in front.
    height_px : int
        The panel is made so high when it comes to the front, as far as the curves' share lets it; a list needs room.
    """

    title: str
    module: str
    widget: str
    tooltip: str
    late: bool = True
    plot_share: float = 0.45
    height_px: int = 0


#: From left to right; the first one is in front.
PANELS: tuple[PanelSpec, ...] = (
    PanelSpec("Sites", "sites.panel", "SitesPanel", "Which absorbers are in the sum", late=False),
    PanelSpec("Geometry", "geometry.panel", "ExperimentPanel", "Beam and surface, microscope, averages of the sample"),
    PanelSpec("Curves", "curves.panel", "CurvesPanel", "Everything drawn in the plot: names, colours, order, offsets"),
    PanelSpec(
        "References", "references.panel", "ReferencesPanel", "Measured and computed spectra to compare with", late=False
    ),
    PanelSpec("Processing", "processing.panel", "ProcessingPanel", "What is done to a curve, step by step; the fit"),
    PanelSpec("Series", "series.panel", "SeriesPanel", "Spectra over an angle; dichroism, polar plot, axes of a peak"),
    PanelSpec("Tilt", "tilt.panel", "TiltPanel", "Tilts of orbitals and molecules in a film, from a measured series"),
    PanelSpec(
        "Folder",
        "folder.panel",
        "FolderPanel",
        "Many structures at once: which fits a measured spectrum",
        plot_share=0.36,
        height_px=230,
    ),
    PanelSpec(
        "Image", "image.panel", "ImagePanel", "A spectrum image or series: what each of its pixels is made of",
        plot_share=0.36, height_px=260,
    ),
    PanelSpec(
        "Library", "library.panel", "LibraryPanel", "Your references and computed spectra that come along", late=False,
        plot_share=0.4, height_px=240,
    ),
    PanelSpec("Start", "start.card", "StartCard", "Examples, recent files, SMILES", late=False),
    PanelSpec("Why", "why.panel", "WhyPanel", "Which neighbours matter to the spectrum, and at which distances"),
    PanelSpec("Properties", "properties.panel", "PropertiesPanel", "What the spectrum tells of the molecule"),
    PanelSpec("History", "history.panel", "HistoryPanel", "What was done, step by step, and a way back to each"),
    PanelSpec("Quality", "quality.panel", "QualityPanel", "Errors on structures the network has not seen"),
    PanelSpec(
        "Teach", "teach.panel", "TeachPanel", "Let a copy of a network learn from what you have computed",
        plot_share=0.36, height_px=260,
    ),
)
