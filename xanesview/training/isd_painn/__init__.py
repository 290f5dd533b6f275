"""How ISD-PaiNN is trained."""
