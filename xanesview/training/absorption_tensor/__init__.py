"""How the absorption-tensor network is trained."""
