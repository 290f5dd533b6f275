"""How the light stands to the sample: directions, polarisation, momentum transfer; each gives a weight for σ(E)."""
