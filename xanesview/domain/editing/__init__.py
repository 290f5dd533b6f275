"""Structures made of structures: surfaces, supercells, rattled copies."""
