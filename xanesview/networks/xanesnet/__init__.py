"""XANESNET: isotropic spectra from descriptors of an absorber, by a perceptron."""
