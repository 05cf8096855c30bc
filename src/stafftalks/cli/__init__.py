"""Commands: read what a person typed, call one service, say in words or JSON what came of it. Decides nothing itself."""
