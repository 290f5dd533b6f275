"""Reference spectra: the first-principles engine that computes them and the geometries it starts from.

Importing this package loads neither PySCF nor tblite; both come with the extra ``abinitio``.
"""
