"""The 3D view: the only room that knows VTK."""
