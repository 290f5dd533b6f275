"""Data sets, losses and the training loop behind `xanesview train` and `xanesview evaluate`."""
