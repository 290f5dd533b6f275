"""The guide: the pages below ``resources/docs`` in a window beside the work."""
