"""The tab Properties: what a spectrum tells of the molecule."""
