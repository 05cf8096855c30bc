"""Stafftalks: plan together, decide alone."""

__version__ = "0.1.0"
