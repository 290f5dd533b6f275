"""Threads and processes: whatever takes longer than a frame."""
