"""The list of jobs on the screen, and what the window itself writes into it."""
