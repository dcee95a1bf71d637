"""What happened to every file and batch, and what people decided about them."""
