"""The tab Folder: many structures at once, and which of them fits a measured spectrum."""
