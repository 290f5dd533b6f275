"""XANE(3): isotropic spectra from the edge on, by an equivariant network."""
