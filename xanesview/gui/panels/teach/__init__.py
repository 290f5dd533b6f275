"""The panel that lets a copy of a network learn."""
