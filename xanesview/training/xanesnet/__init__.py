"""How XANESNET is trained."""
