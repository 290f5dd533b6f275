"""The strip under the 3D view: how the light stands."""
