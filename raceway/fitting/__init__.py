"""Models of how customers buy, fitted by maximum likelihood: pure functions, no file, no database, no clock."""
