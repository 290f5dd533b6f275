"""The first tour: what to do, step by step, each done by hand in the window itself."""
