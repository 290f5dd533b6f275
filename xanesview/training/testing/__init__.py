"""How good a network is: measures, comparisons, reports."""
