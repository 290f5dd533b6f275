"""What a look at a session shows, without Qt: spectra, curves, chips, names."""
