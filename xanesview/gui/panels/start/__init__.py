"""The start page: examples, recent files, SMILES."""
