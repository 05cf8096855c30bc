"""Paths of: options side by side, comparisons and coverage."""

from django.urls import URLPattern

PATHS: list[URLPattern] = []
