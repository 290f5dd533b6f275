"""Properties of a molecule from its spectrum, by a perceptron."""
