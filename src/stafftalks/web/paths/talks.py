"""Paths of: engagements, reports as sources, minutes, notes of our own."""

from django.urls import URLPattern

PATHS: list[URLPattern] = []
