"""What people are told of a night: open points, what is at stake, one message, its delivery and its history."""
