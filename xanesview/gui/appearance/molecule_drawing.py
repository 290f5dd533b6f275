"""Structural formulas, drawn by RDKit in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPixmap

from xanesview.gui.appearance.palette import Colours


def molecule_drawing(smiles: str, size: QSize, pixel_ratio: float, scheme: Colours) -> QPixmap:
    """Draw a molecule on a transparent ground; an empty picture where the SMILES can't be read.

    Parameters
    ----------
    size
        Size in device-independent pixels.
    pixel_ratio
        Device pixels per such pixel.
    """
    from rdkit import rdBase
    from rdkit.Chem.Draw import rdMolDraw2D

    from xanesview.io.structures.smiles import parsed_smiles

    wide, high = round(size.width() * pixel_ratio), round(size.height() * pixel_ratio)
    with rdBase.BlockLogs():
        molecule = parsed_smiles(smiles)
        if molecule is None:
            return QPixmap()
        drawing = rdMolDraw2D.MolDraw2DCairo(wide, high)
        options = drawing.drawOptions()
        if scheme.dark:
            rdMolDraw2D.SetDarkMode(drawing)
        options.updateAtomPalette({number: _rgb(scheme.text) for number in (0, 1, 6)})
        if not scheme.dark:
            options.updateAtomPalette({16: _rgb(scheme.warning)})  # RDKit's yellow can't be seen on white
        options.setAnnotationColour(_rgb(scheme.muted))
        options.clearBackground = False
        options.bondLineWidth = max(1, round(1.2 * pixel_ratio))
        options.scaleBondWidth = False
        options.fixedBondLength = 20 * pixel_ratio
        options.minFontSize = round(9 * pixel_ratio)
        options.maxFontSize = round(13 * pixel_ratio)
        options.padding = 0.06
        rdMolDraw2D.PrepareAndDrawMolecule(drawing, molecule)
        drawing.FinishDrawing()
    picture = QPixmap.fromImage(QImage.fromData(drawing.GetDrawingText(), "PNG"))
    picture.setDevicePixelRatio(pixel_ratio)
    return picture


def _rgb(colour: str) -> tuple[float, float, float]:
    return QColor(colour).getRgbF()[:3]
