"""The tab Series: predicted and measured spectra over an angle."""
