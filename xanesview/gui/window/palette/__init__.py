"""The command palette: whatever the window can do or show, found by a few letters and run by Enter."""
