"""The tab Why: which neighbours matter to the spectrum."""
