"""From a raw file to typed rows: containers, headers, furniture, cells, personal data."""
