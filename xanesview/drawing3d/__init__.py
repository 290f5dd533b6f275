"""The 3D scene without Qt: shapes, the arrow, the camera, VTK's actors, pictures without a window, scene files.

What the window shares (`shapes`, `arrow`, `arrow_parts`, `camera`, `framing`: numpy; `structure_actors`,
`arrow_actors`, `scene_actors`: VTK's own modules) imports no pyvista. Imported before the first 3D frame it took that
from 2.25 to 2.46 s of processor time (12 starts each, two cores without a graphics card), and a merged mesh of 300
atoms takes 77 ms a frame in software where sphere impostors take 17 ms. What is made on demand is made with pyvista:
`meshes` and the scene files made of them (`gltf`, `page`), and `stage`, which draws pictures off screen with the
window's actors, so that a picture looks like the window. Each is imported when it is first needed; `export` chooses by
the ending of a file.

Where new things go: a new glyph of the polarisation is a part in `arrow_parts`; a surface such as the intensity over
all directions is a piece in `meshes` (scene files show it) with an actor in `scene_actors` (window and pictures show
it); a movie is many drawings on one `stage`, and its ending one line in `export`.
"""
