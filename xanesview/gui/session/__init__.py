"""The one mutable object and what keeps it in step with the worker."""
