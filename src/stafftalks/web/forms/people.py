"""What an administrator types about people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stafftalks.values.person import Role

ROLE_WORDS = (
    (Role.PLANNER.value, _("Planner: writes elements, asks for release")),
    (Role.OFFICER.value, _("Disclosure officer: decides what may leave")),
    (Role.HEAD.value, _("Head of delegation: proposes, asks, answers, accepts, withdraws")),
    (Role.AUDITOR.value, _("Auditor: reads everything, and the journal")),
    (Role.ADMINISTRATOR.value, _("Administrator: people and pairing")),
)


class RolesForm(forms.Form):
    """A person's roles."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=ROLE_WORDS, widget=forms.CheckboxSelectMultiple,
        help_text=_("A person may hold several. Whoever asks for a release never decides it, whatever roles they hold."),
    )  # fmt: skip


class PersonForm(RolesForm):
    """A new person."""

    username = forms.CharField(
        label=_("Username"), max_length=150, help_text=_("For signing in: letters, digits and @ . + - _ only."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=150, help_text=_("As colleagues read it. Partners never do."))
    field_order = ("username", "name", "roles")
