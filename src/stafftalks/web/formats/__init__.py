"""How each language writes dates and times here: the language's own way, with the hour always of twenty-four."""
