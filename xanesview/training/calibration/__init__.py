"""What measured spectra say of a network: how well it meets them, and how its curves are drawn as measured."""
