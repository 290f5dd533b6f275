"""How XANE(3) is trained."""
