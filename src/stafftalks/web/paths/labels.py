"""Paths of marking policies, and of our markings beside partners' texts."""

from django.urls import URLPattern, path

from stafftalks.web.views import policies

PATHS: list[URLPattern] = [
    path("policies/", policies.listing, name="policies"),
    path("policies/load/", policies.load, name="policy-load"),
    path("policies/add/", policies.add, name="policy-add"),
    path("policies/one/", policies.show, name="policy"),
    path(
        "accords/<hash:accord>/theirs/<party:party>/<id:element>/<hash:version>/marking/",
        policies.put_beside,
        name="label-beside",
    ),
]
