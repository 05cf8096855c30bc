"""Who may sign in: people that an administrator added. Nobody signs themselves up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's adapter with sign-up closed and no mail: a headquarters may have no way to the outside."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never: accounts are made by an administrator."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Sends nothing: no page here depends on mail."""
