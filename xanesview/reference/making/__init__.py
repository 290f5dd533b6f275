"""Making training data: many molecules, their properties, their splits."""
