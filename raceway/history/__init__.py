"""Records of runs and checks."""
