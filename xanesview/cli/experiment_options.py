"""The options that name an experiment in a laboratory's terms: beam and surface, electron energy loss, the sample.

`xanesview.cli.experiment` reads them; help does without what that loads.
"""

from __future__ import annotations

import argparse

from xanesview.cli.arguments import add_polarisation


def add_experiment(p: argparse.ArgumentParser) -> None:
    """Add the options that name a polarisation, and those of beam, microscope and sample."""
    add_polarisation(p)
    add_beam(p)
    electrons = p.add_argument_group("electron energy loss (--experiment elnes, with --beam)")
    electrons.add_argument("--beam-energy", metavar="KEV", help="energy of the electrons (default 200)")
    electrons.add_argument("--collection", metavar="MRAD", help="collection semi-angle (default 5)")
    electrons.add_argument("--convergence", metavar="MRAD", help="convergence semi-angle (default 0, parallel)")
    electrons.add_argument("--detector-offset", metavar="MRAD", help="of the aperture's middle from the axis (0)")
    electrons.add_argument("--detector-azimuth", metavar="A", help="where to, from x about the beam, degrees (0)")
    electrons.add_argument("--energy-loss", metavar="EV", help="energy loss (default: that of the K edge)")
    electrons.add_argument("--without-relativity", action="store_true", help="θ_E = E/2E₀ and no retardation")


def add_beam(p: argparse.ArgumentParser) -> None:
    """Add the options of a beam on a surface and of what the sample averages over."""
    beam = p.add_argument_group("beam and surface")
    beam.add_argument("--normal", metavar="N", help="surface normal: 0,0,1, hkl:1,1,0 or atoms:0,3,5 (default: slab's)")
    beam.add_argument("--beam", metavar="X,Y,Z", help="where the beam goes; fields are across it")
    beam.add_argument("--grazing", metavar="G", help="angle of the beam from the surface, degrees; 90 is normal")
    beam.add_argument("--incidence", metavar="I", help="angle of the beam from the normal, instead of --grazing")
    beam.add_argument("--azimuth", metavar="A", help="of the beam along the surface, from x, degrees (default 0)")
    beam.add_argument("--field", metavar="p|s|F", help="field: p, s, or degrees from p towards s (default p)")
    beam.add_argument(
        "--average", metavar="SAMPLE", default="crystal",
        help="crystal (default), film (all azimuths), domains:0,120,240, tilt:WIDTH[@MEAN], order:P2, mosaic:WIDTH or "
        "powder",
    )  # fmt: skip
