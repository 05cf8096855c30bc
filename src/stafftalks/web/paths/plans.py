"""Paths of: plans, activities, forces, timeline, matrix and map."""

from django.urls import URLPattern, path

from stafftalks.web.views import (
    forces,
    plan_activities,
    plan_forces,
    plan_matrix,
    plan_organisation,
    plan_parts,
    plans,
)

_PLAN = "plans/<party:party>/<id:element>/"

PATHS: list[URLPattern] = [
    path("plans/", plans.listing, name="plans"),
    path(_PLAN, plans.show, name="plan"),
    path(f"{_PLAN}write/<str:part>/", plan_parts.write, name="plan-write"),
    path(f"{_PLAN}anchor/", plans.set_anchor, name="plan-anchor"),
    path(f"{_PLAN}annexes/", plans.annexes, name="plan-annexes"),
    path(f"{_PLAN}timeline/", plan_activities.timeline, name="plan-timeline"),
    path(f"{_PLAN}timeline/add/", plan_activities.add, name="plan-activities-add"),
    path(f"{_PLAN}timeline/take-in/", plan_activities.take_in, name="plan-activities-take-in"),
    path(f"{_PLAN}matrix/", plan_matrix.show, name="plan-matrix"),
    path(f"{_PLAN}map/", plan_forces.on_map, name="plan-map"),
    path(f"{_PLAN}forces/", plan_forces.show, name="plan-forces"),
    path(f"{_PLAN}organisation/", plan_organisation.show, name="plan-organisation"),
    path("forces/", forces.listing, name="forces"),
]
