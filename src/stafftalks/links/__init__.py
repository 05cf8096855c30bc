"""Links: all that touches keys, files, the network, the clock and randomness, behind the ports of `services`."""
