"""Sheets, one per party, and what follows from them; a pure fold over verified entries."""
