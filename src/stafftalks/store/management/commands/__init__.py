"""Django commands of the store."""
