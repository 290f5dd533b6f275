"""Which structure is it: candidates put in order by how well their spectra fit a measured one."""
