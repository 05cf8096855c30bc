"""Paths of: private checks."""

from django.urls import URLPattern, path

from stafftalks.web.views import check, check_acts, check_new, check_pictures, checks

_ONE = "checks/<party:party>/<id:epoch>/<int:n>/"

PATHS: list[URLPattern] = [
    path("checks/", checks.listing, name="checks"),
    path("checks/new/", check_new.new, name="check-new"),
    path("checks/new/cost/", check_new.cost, name="check-cost"),
    path("checks/new/map.json", check_new.area_map, name="check-area-map"),
    path("checks/budget/<party:party>/", checks.budget, name="check-budget"),
    path(_ONE, check.show, name="check"),
    path(f"{_ONE}answer/", check.answer, name="check-answer"),
    path(f"{_ONE}cost/", check.cost, name="check-cost-of"),
    path(f"{_ONE}progress/", check.progress, name="check-progress"),
    path(f"{_ONE}stop/", check_acts.stop, name="check-stop"),
    path(f"{_ONE}finer/", check_new.finer, name="check-finer"),
    path(f"{_ONE}opening/", check_acts.opening, name="check-opening"),
    path(f"{_ONE}map.json", check_pictures.map_data, name="check-map"),
    path(f"{_ONE}timeline.json", check_pictures.timeline_data, name="check-timeline"),
]
