"""What the mart must show, worked out from the invented world alone."""
