"""What the vocabulary of elements promises."""
