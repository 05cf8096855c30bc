"""Paths of: what maps, timelines and trees are drawn from."""

from django.urls import URLPattern, path

from stafftalks.web.views import pictures

PATHS: list[URLPattern] = [
    path("pictures/<slug:what>/<party:party>/<id:element>/", pictures.page, name="picture"),
    path("pictures/map.json", pictures.map_data, name="picture-map"),
    path("pictures/timeline.json", pictures.timeline_data, name="picture-timeline"),
    path("pictures/tree.json", pictures.tree_data, name="picture-tree"),
]
