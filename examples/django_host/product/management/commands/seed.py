"""``manage.py seed PASSWORD``: three teams, and four people with one password."""

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from product.models import Staff, Team

PEOPLE = (
    ("helena", "Helena Marchetti", None, "HEAD", True),
    ("priya", "Priya Raman", "helena", "SERVICE", False),
    ("nathan", "Nathan Birch", "priya", "SALES", False),
    ("leo", "Leo Frank", "priya", "SERVICE", False),
)
LEADS = {"HEAD": "helena", "SERVICE": "priya", "SALES": "nathan"}


def seed(password: str) -> None:
    """Make the teams and the people; who is there gets the password."""
    with transaction.atomic():
        for code in LEADS:
            Team.objects.get_or_create(code=code)
        for key, name, manager, team, sees_all in PEOPLE:
            one = Staff(id=key, name=name, email=f"{key}@host.example", manager_id=manager, team_id=team)
            one.sees_all = sees_all
            one.set_password(password)
            one.save()
        for code, lead in LEADS.items():
            Team.objects.filter(code=code).update(lead=lead)


class Command(BaseCommand):
    """Make people."""

    help = "Make three teams, and four people with one password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the password."""
        parser.add_argument("password")

    def handle(self, *_args: object, **options: str) -> None:
        """Make them."""
        seed(options["password"])
