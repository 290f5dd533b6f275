"""The tab Library: computed spectra that come with the program."""
