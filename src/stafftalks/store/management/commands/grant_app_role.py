"""Gives the PostgreSQL role under which the headquarters runs its rights, or prints the statements for someone else to run."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stafftalks.store import roles


class Command(BaseCommand):
    """`python -m django grant_app_role ROLE [--worker] [--apply]`, run as the owner of the tables after each migration."""

    help = "Prints the GRANT statements for the role under which the headquarters runs; with --apply, runs them."

    def add_arguments(self, parser: CommandParser) -> None:
        """The role's name, whether it is a worker's alone, and whether to run the statements."""
        parser.add_argument("role")
        parser.add_argument(
            "--worker", action="store_true", help="the rights of a worker of shared sweeps, and no others"
        )
        parser.add_argument("--apply", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Runs or prints."""
        role, worker = options["role"], options["worker"]
        if options["apply"]:
            roles.apply_grants(role, worker=worker)
            self.stdout.write(
                f"{role} now has the rights of a {'worker' if worker else 'headquarters'}, and no others."
            )
        else:
            self.stdout.write("".join(f"{statement};\n" for statement in roles.grants(role, worker=worker)))
