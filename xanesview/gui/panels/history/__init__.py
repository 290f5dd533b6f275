"""What was done, step by step, and a way back to each."""
