"""The tab References: measured and computed spectra to compare with."""
