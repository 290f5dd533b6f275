"""The parts of the main window: menus, toolbar, status bar, tabs, links to plot and 3D view."""
