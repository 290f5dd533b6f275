"""The networks, a folder a kind; importing this package loads no torch."""
