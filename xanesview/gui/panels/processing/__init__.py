"""The tab Processing: what is done to a curve, step by step."""
