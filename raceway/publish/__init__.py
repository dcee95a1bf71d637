"""The mart's gate, a new version, one switch."""
