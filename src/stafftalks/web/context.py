"""What every template is given about the headquarters and the person signed in."""

from django.http import HttpRequest

from stafftalks.services import registry


def headquarters(request: HttpRequest) -> dict[str, object]:
    """`hq_party`: this headquarters' party code."""
    return {"hq_party": registry.current().party}
