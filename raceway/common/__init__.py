"""What every room may use: the home, faults, the lock, files written aside, quoting, moments."""
