"""The tab Tilt: how orbitals and whole molecules are tilted in a film."""
