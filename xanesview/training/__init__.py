"""Training and testing of the networks: data, losses, Lightning modules, metrics."""
