"""Colours, style sheet, drawings of molecules."""
