"""Paths of: plans, activities, forces, timeline, matrix and map."""

from django.urls import URLPattern

PATHS: list[URLPattern] = []
