"""Ids, times, places, quantities, scales and the error branches: the words every room above shares."""
