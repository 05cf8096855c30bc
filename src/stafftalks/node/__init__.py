"""Node: what partner headquarters meet. It admits paired partners only, and calls one service for each request."""
