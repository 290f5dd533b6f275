"""Full multiple scattering with FEFF10: the absorption tensor of any absorber in any crystal, slab or molecule.

Importing this package loads nothing of FEFF; it comes with the extra ``feff`` (the package feff10-rs).
"""
