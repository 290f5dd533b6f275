"""Draws one red frame without a window, in a process of its own: where no driver is found, VTK ends the process."""

from __future__ import annotations


def main() -> None:
    """Draw 8 × 8 pixels, and print which class drew them and the colour of one."""
    import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  brings the classes that draw
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
    from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

    renderer, window, pixel = vtkRenderer(), vtkRenderWindow(), vtkUnsignedCharArray()
    renderer.SetBackground(1, 0, 0)
    window.SetOffScreenRendering(True)
    window.SetSize(8, 8)
    window.AddRenderer(renderer)
    window.Render()
    window.GetPixelData(4, 4, 4, 4, 0, pixel, 0)
    print("drawn", window.GetClassName(), [pixel.GetValue(k) for k in range(3)])


if __name__ == "__main__":
    main()
