#!/usr/bin/env python3
"""Build the program as one folder that needs no Python, and on Debian and Ubuntu a package of it.

``python3 packaging/bundle.py [--deb] [--out dist]`` sets up .venv as bootstrap.py does, builds with PyInstaller from
packaging/xanesview.spec, adds the licences of all that lies in it, and tries the result (packaging/try_bundle.py).
The processor build of torch goes in; how a graphics processor is used from a bundle stands in the guide.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

import bootstrap
import licences
import system_libraries
from steps import run_step, say, show_log_end

EXTRAS = ("bundle", *sorted(licences.HELD))
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
#: What the program needs of the system and a bundle can't bring: OpenGL's loader and X's libraries (Debian's names).
DEB_DEPENDS = "libc6, libgl1, libegl1, libfontconfig1, libdbus-1-3, libxkbcommon-x11-0, libxcb-cursor0, libxcb-icccm4, libxcb-keysyms1, libxcb-shape0"  # fmt: skip # noqa: E501
DRAW_ICONS = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
application, drawing, folder = QGuiApplication(sys.argv[:1]), QSvgRenderer(sys.argv[1]), sys.argv[2]
for size in map(int, sys.argv[3:]):
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    assert image.save(f"{folder}/{size}.png")
from PIL import Image
largest = Image.open(f"{folder}/{sys.argv[-1]}.png")
largest.save(f"{folder}/xanesview.ico", sizes=[(n, n) for n in map(int, sys.argv[3:])])
largest.save(f"{folder}/xanesview.icns")
"""


def step(title, command, environment=None):
    """Run a command as a step of its own; raise where it fails."""
    if run_step(title, command, environment) != 0:
        show_log_end()
        raise bootstrap.BootstrapError(f"{title} failed (the end of its messages is above).")


def version():
    """Return the program's version, as xanesview/version.py has it."""
    with open(os.path.join(bootstrap.ROOT, "xanesview", "version.py"), encoding="utf-8") as file:
        return re.search(r'__version__ = "([^"]+)"', file.read()).group(1)


def make_icons(folder):
    """Draw the icon in all sizes and as .ico and .icns; return the folder."""
    os.makedirs(folder, exist_ok=True)
    drawing = os.path.join(bootstrap.ROOT, "resources", "icons", "app.svg")
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    command = [bootstrap.venv_python(), "-c", DRAW_ICONS, drawing, folder, *map(str, ICON_SIZES)]
    step("icons", command, environment)
    return folder


def build(out):
    """Build the folder OUT/xanesview; return its path."""
    python, root = bootstrap.venv_python(), bootstrap.ROOT
    environment = dict(os.environ, XANESVIEW_ICONS=make_icons(os.path.join(root, "build", "icons")), PYTHONPATH=root)
    command = [python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", out]
    command += ["--workpath", os.path.join(root, "build", "bundle"), os.path.join(root, "packaging", "xanesview.spec")]
    step("bundle (some minutes)", command, environment)
    folder = os.path.join(out, "xanesview")
    step("licences", [python, os.path.join(root, "packaging", "licences.py"), os.path.join(folder, "LICENCES.txt")])
    for name in ("xanesview.desktop", "xanesview-mime.xml"):
        shutil.copy(os.path.join(root, "packaging", name), folder)
    shutil.copy(os.path.join(root, "resources", "icons", "app.svg"), os.path.join(folder, "xanesview.svg"))
    return folder


def architecture():
    """Return Debian's name of this machine's processor."""
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def make_deb(folder, out):
    """Make a Debian package that puts the folder into /opt, and menu entry, icon and file types where they belong."""
    name = f"xanesview_{version()}_{architecture()}"
    with tempfile.TemporaryDirectory(dir=out) as tree:
        share = os.path.join(tree, "usr", "share")
        places = {
            "xanesview.desktop": os.path.join(share, "applications", "xanesview.desktop"),
            "xanesview-mime.xml": os.path.join(share, "mime", "packages", "xanesview.xml"),
            "xanesview.svg": os.path.join(share, "icons", "hicolor", "scalable", "apps", "xanesview.svg"),
            "LICENCES.txt": os.path.join(share, "doc", "xanesview", "copyright"),
        }
        for source, target in places.items():
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(os.path.join(folder, source), target)
        shutil.copytree(folder, os.path.join(tree, "opt", "xanesview"), copy_function=_linked, symlinks=True)
        os.makedirs(os.path.join(tree, "usr", "bin"))
        os.symlink("/opt/xanesview/xanesview", os.path.join(tree, "usr", "bin", "xanesview"))
        os.makedirs(os.path.join(tree, "DEBIAN"))
        kilobytes = sum(os.lstat(os.path.join(at, f)).st_size for at, _, files in os.walk(tree) for f in files) // 1024
        control = [
            "Package: xanesview", f"Version: {version()}", f"Architecture: {architecture()}", "Section: science",
            "Priority: optional", "Maintainer: The xanesview developers <xanesview@localhost>",
            f"Installed-Size: {kilobytes}", f"Depends: {DEB_DEPENDS}",
            "Description: X-ray absorption spectra that follow the polarisation",
            " Shows a molecule or a surface in 3D; drag the polarisation of the light and watch the",
            " predicted X-ray absorption spectrum follow.",
        ]  # fmt: skip
        with open(os.path.join(tree, "DEBIAN", "control"), "w", encoding="utf-8") as file:
            file.write("\n".join(control) + "\n")
        os.chmod(tree, 0o755)
        path = os.path.join(out, name + ".deb")
        step("Debian package", ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z3", "--build", tree, path])
    return path


def _linked(source, target):
    """Copy a file as a link to the same bytes where the disk allows that."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deb", action="store_true", help="make a Debian package, too")
    parser.add_argument("--out", default=os.path.join(bootstrap.ROOT, "dist"), metavar="FOLDER", help="(default dist)")
    asked = parser.parse_args()
    out = os.path.abspath(asked.out)
    os.makedirs(out, exist_ok=True)
    try:
        virtual = [] if bootstrap.has_display() else system_libraries.VIRTUAL_DISPLAY
        bootstrap.set_up(EXTRAS, system_libraries.HEADLESS + system_libraries.WINDOW + virtual)
        folder = build(out)
        say(f"built: {os.path.relpath(folder)}")
        if asked.deb:
            say("built: " + os.path.relpath(make_deb(folder, out)))
        return subprocess.call([sys.executable, os.path.join(bootstrap.ROOT, "packaging", "try_bundle.py"), folder])
    except bootstrap.BootstrapError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
