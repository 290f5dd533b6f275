"""The tab Image: a spectrum image or series, taken apart into the curves of the plot."""
