"""Use cases, one module each; they know the ports and no framework, clock, network, disk or randomness of their own."""
