"""The table of actions, and what they do."""
