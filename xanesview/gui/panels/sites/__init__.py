"""The tab Sites: which absorbers are in the sum."""
