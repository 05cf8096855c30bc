"""Paths of: scenarios and their rooms."""

from django.urls import URLPattern

PATHS: list[URLPattern] = []
