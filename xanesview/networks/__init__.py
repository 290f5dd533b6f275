"""The networks, one file each; importing this package loads no torch."""
