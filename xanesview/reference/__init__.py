"""Reference spectra: the first-principles engines that compute them and the geometries one of them starts from.

Importing this package loads neither PySCF nor tblite, which come with the extra ``abinitio``, nor FEFF10 (``feff``).
"""
