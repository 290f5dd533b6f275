"""The absorption-tensor network, our own, and the kernel regression that may stand beside it."""
