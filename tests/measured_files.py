"""Small files of measurements in every format that is read, made of one synthetic edge."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import h5py
import numpy as np

HC = 12398.419843320026
D_111 = 3.13551
ENERGY = 7100.0 + np.arange(60) * 0.5
MU = 0.1 + 1.0 / (1.0 + np.exp(-(ENERGY - 7112.0) * 2.0))
I0 = 1.0e5 + 10.0 * np.arange(60)
IT = I0 * np.exp(-MU)
ANGLE = np.degrees(np.arcsin(HC / (2 * D_111 * ENERGY)))


def rows(*columns: np.ndarray, form: str = "{:.10g}", joint: str = "  ") -> str:
    """Return columns as lines of text."""
    return "\n".join(joint.join(form.format(value) for value in row) for row in np.column_stack(columns)) + "\n"


def _quoted(values: np.ndarray) -> str:
    return "(" + ",".join(f"'{value:.8g}'" for value in values) + ")"


def athena(shift: float = 0.0, extra: str = "") -> str:
    """Return a project of two groups over energies and one of χ(k)."""
    groups = []
    for label, is_chi, x in (("foil", 0, ENERGY), ("it\\'s oxide", 0, ENERGY + 1), ("chi", 1, np.arange(60) / 5)):
        args = f"'label','{label}','bkg_e0','7112.0','bkg_eshift','{shift}','bkg_z','Fe','fft_edge','k'"
        args += f",'is_chi','{is_chi}','titles',['one','two'],'epsk',undef"
        groups.append(
            f"$old_group = 'aaaaa';\n@args = ({args});\n@x = {_quoted(x)};\n@y = {_quoted(MU)};\n@i0 = {_quoted(I0)};\n"
            "$xdi = bless( {'metadata' => {'Sample' => {'name' => 'rust'}}}, 'Xray::XDI' );\n"
            "[record]   # create object and set arrays in ifeffit\n"
        )
    head = "# Athena project file -- Demeter version 0.9.26\n# This file created at 2024\n\n"
    return head + "\n".join(groups) + f"\n@journal = ();\n{extra}\n1;\n"


def athena_json() -> str:
    """Return the same two groups as JSON."""
    group = {"args": {"label": "foil", "bkg_eshift": "0", "bkg_e0": "7112"}, "x": [f"{e}" for e in ENERGY],
             "y": [f"{y:.8g}" for y in MU]}  # fmt: skip
    return json.dumps(
        {"_____header1": "# Athena project file -- Demeter version 0.9.26", "aaaaa": group, "bbbbb": group}
    )


def larix() -> str:
    """Return a session of one group."""

    def array(values: np.ndarray) -> dict[str, object]:
        return {"__class__": "Array", "__shape__": [60], "__dtype__": "float64", "value": values.tolist()}

    group = {"__class__": "Group", "energy": array(ENERGY), "mu": array(MU), "norm": array(MU - 0.1), "i0": array(I0),
             "e0": 7112.0, "edge": "K", "atsym": "Fe", "filename": "foil.001"}  # fmt: skip
    return (
        "##LARIX: 1.0      Larch Session File\n##</CONFIG>\n##<Symbols: count=2>\n<:_xasgroups:>\n"
        + json.dumps({"__class__": "Dict", "foil.001": "foil"})
        + f"\n<:foil:>\n{json.dumps(group)}\n##</Symbols>\n"
    )


def spec() -> str:
    """Return two scans, the second over a motor, with a spectrum of an MCA between the rows."""
    scan = rows(ENERGY / 1000, np.ones(60), I0, IT)
    mca = "@A 1 2 3 \\\n 4 5 6\n"
    head = "#F f\n#E 1\n#D Mon Jan 01 00:00:00 2024\n\n"
    first = f"#S 1  ascan  energy 7.1 7.13  59 1\n#N 4\n#L Energy  Seconds  I0 beam  It\n{mca}{scan}\n"
    return head + first + "#S 2  ascan  samx 0 1 3 1\n#N 2\n#L samx  I0 beam\n0 1\n1 2\n2 3\n3 4\n"


def emsa(kind: str = "XY") -> str:
    """Return pairs, or intensities on an axis."""
    head = "#FORMAT      : EMSA/MAS Spectral Data File\n#VERSION     : 1.0\n#TITLE       : edge\n#NPOINTS     : 60.\n"
    head += f"#NCOLUMNS    : 1.\n#XUNITS      : eV\n#YUNITS      : counts\n#DATATYPE    : {kind}\n#XPERCHAN    : 0.5\n"
    head += "#OFFSET      : 7100.0\n#SPECTRUM    : Spectral Data Starts Here\n"
    body = rows(ENERGY, MU, joint=", ") if kind == "XY" else "".join(f"{value:.10g},\n" for value in MU)
    return head + body + "#ENDOFDATA   : \n"


def kek(mode: str = "2", read_back: bool = True) -> str:
    """Return a 9809 file of two counters."""
    head = (
        "  9809     KEK-PF   BL9A\n iron             24.01.01 10:00 - 24.01.01 10:10\n foil\n"
        " Ring :   2.5 GeV   400.0 mA -  400.0 mA\n"
        f" Mono :   SI(111)       D=  {D_111} A    Initial angle= 16.40000 deg\n BL9A      Transmission( 2)\n"
        " Ortec( 0)     NDCH = 2\n  Angle(c)  Angle(o)    time/s         1         2\n"
        f"      Mode         0         0         1         {mode}\n    Offset         0         0   100.000   100.000\n"
    )
    second = ANGLE if read_back else 0 * ANGLE
    body = "".join(
        f"{a:10.6f}{o:10.6f}{1:10.2f}{i0:10.0f}{it:10.0f}\n" for a, o, i0, it in zip(ANGLE, second, I0 * 2e4, IT * 2e4)
    )
    return head + body + "\x1a\n"


def ssrl() -> str:
    """Return an ASCII file of the data collector, whose rows of weights and offsets are as wide as the data."""
    return (
        "SSRL   EXAFS Data Collector 1.3\nMon Jan 01 00:00:00 2024\nPTS: 60 COLS: 5\nx.DET\nx.RGN\n\n\n\nWeights:\n"
        " 1.000  1.000  1.000  1.000  1.000\nOffsets:\n 0.000  0.000  0.000  10.000  12.000\nData:\nReal time clock\n"
        "Requested Energy\nAchieved Energy\nI0\nI1\n\n" + rows(np.ones(60), ENERGY + 0.2, ENERGY, I0, IT)
    )


def mda2ascii() -> str:
    """Return a scan with an index, a positioner and two detectors."""
    return (
        '## mda2ascii 1.3 generated output\n\n# Extra PV 1: A:B, ring energy, "3.0", GeV\n\n# Column Descriptions:\n'
        "#    1  [     Index      ]\n"
        "#    2  [1-D Positioner 1]  A:E, Mono setpoint, TABLE, eV, A:E, Mono setpoint, eV\n"
        "#    3  [1-D Detector   1]  A:S2, Sample Drain, A\n#    4  [1-D Detector   2]  A:S3, I0 Chamber, A\n\n"
        "# 1-D Scan Values\n" + rows(np.arange(1, 61), ENERGY - 6600, MU * I0, I0, joint="\t")
    )


def srs() -> str:
    """Return DUBBLE's points of four lines each."""
    points = []
    for angle, i0, it, mu in zip(ANGLE[:40] * 1000 * D_111 / 3.13556, I0, IT, MU):
        points.append(
            f" {angle:.3f} 1000.0 {i0:.1f} {it:.1f} {i0 * mu:.1f} 5.0\n"
            f" 0.0 1.0 2.0 {i0 * mu:.1f}\n 1.0 2.0 3.0 0.0\n 7.0\n"
        )
    return " &SRS\n SRSRUN=1,SRSDAT=080713,\n SRSSTN='D26 ',SRSPRJ='dubble7 ',\n SRSTLE='rust   '\n &END\n" + "".join(
        points
    )


def lytle() -> str:
    """Return steps of the monochromator with their explanation."""
    return (
        " NPTS  NS CUEDGE  CUHITE   DSPACE  STPDEG  STEPMM  START    STOP     SCALE\n"
        f"   60   4  84294. 200000. {D_111}   4000.   3150.  85290.  74500.    2.000\n  DELTA:     50.      8.\n"
        "    SEC:   2.000   2.000\n OFFSET: 1830. 1937.\nIRON FOIL                   7   9  6-10-83\n"
        + rows(ANGLE * 4000, I0, IT, I0 * MU, form="{:.8E}")
    )


def fdmnes(header: str = "old") -> str:
    """Return an output with the line of E_edge as it was before 2022, as it is since, or without."""
    line = (
        " 7112.000   26  1  1     0.00700   -7.90000  = E_edge, Z, n_edge, j_edge, Abs_before_edge, VO_interstitial\n"
    )
    told = {
        "old": line,
        "2022": f"# FDMNES program, Revision 20th of January 2022\n#    Date = 01 01 2024\n#{line}",
        "none": "",
    }
    return told[header] + "    Energy    <xanes>    \n" + rows(ENERGY - 7112, MU)


def feff_xmu() -> str:
    """Return xmu.dat."""
    return (
        "# rust   FEFF 9.1\n"
        "# Abs   Z=26 Rmt= 1.3 Rnm= 1.3 K  shell\n#  -----\n#  omega    e    k    mu    mu0     chi     @#\n"
        + rows(ENERGY, ENERGY - 7112, np.zeros(60), MU, MU, 0 * MU)
    )


def feff_eels() -> str:
    """Return eels.dat with the total and nine components."""
    return "# FEFF EELS: energy loss, total, components\n" + rows(ENERGY, MU, *[MU / 9 for _ in range(9)])


def quanty() -> str:
    """Return a spectrum whose imaginary part is negative, as Quanty's Green's functions are."""
    return "#Spectra: 1\nEmin______Emax  7.1E3 7.2E3\nEnergy    Re[0]   Im[0]\n" + rows(
        ENERGY, 0 * MU, -np.pi * MU, form="{:.12E}"
    )


def xdi() -> str:
    """Return XAS Data Interchange of I0 and transmitted counts."""
    head = "# XDI/1.0 GSE/1.0\n# Column.1: energy eV || 13BMA:E:Energy.VAL\n# Column.2: i0\n# Column.3: itrans counts\n"
    return (
        head
        + "# Element.symbol: Fe\n# Element.edge: K\n# Mono.d_spacing: 3.13551\n#-----\n# energy i0 itrans\n"
        + rows(ENERGY, I0, IT)
    )


def xlsx() -> bytes:
    """Return a workbook of one sheet: names and two columns."""
    cells = ['<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>mu</t></is></c></row>']
    cells += [f"<row><c><v>{e:.10g}</v></c><c><v>{y:.10g}</v></c></row>" for e, y in zip(ENERGY, MU)]
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", f"<workbook {space}/>")
        archive.writestr("xl/sharedStrings.xml", f"<sst {space}><si><t>Energy (eV)</t></si></sst>")
        archive.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{''.join(cells)}</sheetData></worksheet>"
        )
    return content.getvalue()


def nexus(layout: str) -> bytes:
    """Return an HDF5 file of one layout: nxxas_new, nxxas_old, nxdata, bliss, soleil, tree."""
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        _LAYOUTS[layout](file)
    return content.getvalue()


def _entry(file: h5py.File, name: str = "entry") -> h5py.Group:
    entry = file.create_group(name)
    entry.attrs["NX_class"] = "NXentry"
    return entry


def _energy(group: h5py.Group, name: str = "energy", unit: str = "eV") -> None:
    group[name] = ENERGY / (1000 if unit == "keV" else 1)
    group[name].attrs["units"] = unit


def _nxxas_new(file: h5py.File) -> None:
    entry = _entry(file)
    entry["definition"] = "NXxas"
    entry["element/symbol"], entry["edge/name"] = "Fe", "K"
    _energy(entry)
    entry["intensity"] = np.array([MU, 2 * MU])


def _nxxas_old(file: h5py.File) -> None:
    entry = _entry(file)
    entry["definition"] = "NXxas"
    _energy(entry, "instrument/monochromator/energy")
    entry["instrument/incoming_beam/data"], entry["instrument/absorbed_beam/data"] = I0, IT
    entry["data/mode"] = "Transmission"
    entry["data"].attrs["NX_class"] = "NXdata"


def _nxdata(file: h5py.File) -> None:
    plot = _entry(file).create_group("plot")
    plot.attrs["NX_class"], plot.attrs["signal"], plot.attrs["axes"] = "NXdata", "mu", ["energy"]
    _energy(plot, unit="keV")
    plot["mu"] = MU


def _bliss(file: h5py.File) -> None:
    for number in (10, 2):
        entry = _entry(file, f"{number}.1")
        entry["title"] = "fscan energy"
        measurement = entry.create_group("measurement")
        measurement.attrs["NX_class"] = "NXcollection"
        _energy(measurement, "energy_enc", "keV")
        measurement["I0"], measurement["It"], measurement["elapsed_time"] = I0, IT, np.arange(60.0)
        measurement["image"] = np.zeros((60, 4, 4))
        plots = entry.create_group("plotselect")
        plots.attrs["NX_class"], plots.attrs["signal"], plots.attrs["axes"] = "NXdata", "I0", ["elapsed_time"]
        plots["I0"], plots["elapsed_time"] = h5py.SoftLink(f"/{number}.1/measurement/I0"), np.arange(60.0)


def _soleil(file: h5py.File) -> None:
    data = _entry(file, "scan_0001").create_group("scan_data")
    data.attrs["NX_class"] = "NXdata"
    for number, (name, values) in enumerate((("energy", ENERGY), ("I0", I0), ("It", IT)), start=1):
        data[f"data_{number:02}"] = values
        data[f"data_{number:02}"].attrs["long_name"] = f"D09-1-CX1/EX/mono/{name}"


def _tree(file: h5py.File) -> None:
    file["a/b/positions"], file["a/b/counts"], file["c/few"] = ENERGY, MU, np.arange(4.0)


_LAYOUTS = {"nxxas_new": _nxxas_new, "nxxas_old": _nxxas_old, "nxdata": _nxdata, "bliss": _bliss, "soleil": _soleil,
            "tree": _tree}  # fmt: skip


def files() -> dict[str, bytes]:
    """Return one small file of every format, by a name that its kind usually has."""
    texts = {
        "columns.dat": "# energy I0 It\n" + rows(ENERGY, I0, IT), "scan.xdi": xdi(), "plain.prj": athena(),
        "json.prj": athena_json(), "scans.spec": spec(), "xy.msa": emsa(), "y.msa": emsa("Y"), "kek.dat": kek(),
        "ssrl.dat": ssrl(), "sxr.asc": mda2ascii(), "dubble.dat": srs(), "lytle.dat": lytle(), "fdmnes.txt": fdmnes(),
        "new_conv.txt": fdmnes("2022"), "xmu.dat": feff_xmu(), "eels.dat": feff_eels(), "iso.spec": quanty(),
    }  # fmt: skip
    found = {name: text.encode("utf-8") for name, text in texts.items()}
    found["packed.prj"] = gzip.compress(athena(2.0).encode())
    found["session.larix"] = gzip.compress(larix().encode())
    found["sheet.xlsx"] = xlsx()
    for layout in _LAYOUTS:
        found[f"{layout}.h5"] = nexus(layout)
    return found


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file and return where."""
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path
