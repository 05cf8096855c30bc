"""Paths of: what collides."""

from django.urls import URLPattern, path

from stafftalks.web.views import conflicts, plan_conflicts

_ONE = "conflicts/<id:conflict>/"

PATHS: list[URLPattern] = [
    path("conflicts/", conflicts.listing, name="conflicts"),
    path("conflicts/plans/", plan_conflicts.listing, name="plan-conflicts"),
    path("conflicts/map.json", conflicts.map_data, name="conflicts-map"),
    path("conflicts/timeline.json", conflicts.timeline_data, name="conflicts-timeline"),
    path(_ONE, conflicts.show, name="conflict"),
    path(f"{_ONE}map.json", conflicts.map_of, name="conflict-map"),
    path(f"{_ONE}timeline.json", conflicts.timeline_of, name="conflict-timeline"),
    path(f"{_ONE}accept/", conflicts.accept, name="conflict-accept"),
    path(f"{_ONE}move/<id:element>/<slug:of>/<str:by>/", conflicts.move, name="conflict-move"),
]
