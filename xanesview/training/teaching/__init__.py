"""Teaching: a copy of a network learns from site spectra of the user's own."""
