"""The library of computed spectra, and finding things in it."""
