"""What raceway knows of a source: the contract language, its files, a home's overlays."""
