"""Session files (.xanesview): a zip of JSON and arrays that holds a session whole, and nothing that could be run."""
