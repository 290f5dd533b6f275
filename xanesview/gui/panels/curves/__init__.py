"""The list of all curves of the plot."""
