"""Processing steps, one file a kind: frozen, undoable, written down as plain values."""
