"""Training data: files, splits, widths, classes."""
