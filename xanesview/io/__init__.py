"""Files: pure functions between paths and domain objects, one format a module."""
