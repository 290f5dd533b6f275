"""ISD-PaiNN: spectra along a direction that is an input of the network."""
