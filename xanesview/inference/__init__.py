"""From a structure to an absorption tensor per site; importing this package loads no torch."""
