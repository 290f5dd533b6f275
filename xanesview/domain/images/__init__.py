"""Spectrum images and series of spectra: what they hold, and what spectra each of their pixels is made of."""
