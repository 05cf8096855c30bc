"""Settings, wiring and the process entry points; the only room that knows all the others."""
