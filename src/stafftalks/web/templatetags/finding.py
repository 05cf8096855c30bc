"""Saved views on the first page."""

from django import template
from django.template import Context

from stafftalks.store import saved_views
from stafftalks.store.models import User

register = template.Library()


@register.inclusion_tag("web/find/home_views.html", takes_context=True)
def home_views(context: Context) -> dict[str, object]:
    """The views that the reader has put on their first page; nothing where there is none."""
    user = getattr(context.get("request"), "user", None)
    return {"views": saved_views.at_home(user) if isinstance(user, User) else ()}
