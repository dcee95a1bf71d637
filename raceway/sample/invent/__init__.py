"""Who invents the world."""
