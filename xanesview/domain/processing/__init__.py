"""What is done to a spectrum before it is compared: broadening, alignment."""
