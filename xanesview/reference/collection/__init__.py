"""The user's own references: measured and computed spectra with what is known of them, in one file of the user's."""
