"""xanesview: polarisation-dependent X-ray absorption spectra from a structure, while you turn the polarisation.

Importing the package loads nothing but this file: no Qt, no torch.
"""

__version__ = "0.1.0"
