"""The science: frozen objects and functions on numpy arrays; no Qt, no torch, no files."""
