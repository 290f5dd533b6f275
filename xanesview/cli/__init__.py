"""The command line: `xanesview` and its subcommands."""
