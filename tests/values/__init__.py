"""What the values promise."""
