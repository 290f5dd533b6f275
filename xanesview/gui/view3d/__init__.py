"""The 3D view: the only room that knows pyvista and VTK."""
