"""What the invented world leaves behind: one writer per source."""
