"""Files of spectrum images and series to domain, and maps to files."""
