"""How the spectrum-to-properties network is trained."""
