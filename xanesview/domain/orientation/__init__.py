"""What spectra over angles tell: dichroism, axes of peaks, tilts of orbitals, orientations of molecules in films."""
