"""What may leave, and why: the one room that makes what a record can take in."""
