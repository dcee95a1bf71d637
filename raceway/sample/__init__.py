"""A realistic sample: an invented company's world, its traces as exported files, and the truth about it."""
