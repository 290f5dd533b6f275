"""The strip that sets the energy resolution."""
