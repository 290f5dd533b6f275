"""Transition-potential density-functional theory."""
