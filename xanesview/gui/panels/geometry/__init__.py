"""The tab Geometry: beam, surface and sample, with a drawing of their angles."""
