"""Files of structures: one module a format, one registry."""
