"""Paths of: what a person sets for themselves: language, look, digest; shortcuts; the design system."""

from django.urls import URLPattern

PATHS: list[URLPattern] = []
