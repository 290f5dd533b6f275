"""Files of spectra, tensors and sticks."""
