"""The spectrum plot: the only room that knows pyqtgraph."""
