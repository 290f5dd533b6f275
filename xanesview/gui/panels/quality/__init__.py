"""The tab Quality: errors on structures the network has not seen."""
