"""The tables that this host had before: its staff, their teams, and what customers answered."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone


class Team(models.Model):
    """A team, and who leads it."""

    code = models.CharField(max_length=20, primary_key=True)
    lead = models.ForeignKey("Staff", models.SET_NULL, null=True, related_name="leads")

    class Meta:
        db_table = "team"

    def __str__(self) -> str:
        return self.code


class Staff(AbstractBaseUser):
    """Somebody who signs in. Addresses are kept in lower case."""

    id = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=100)
    email = models.EmailField()
    manager = models.ForeignKey("Staff", models.SET_NULL, null=True)
    team = models.ForeignKey(Team, models.PROTECT)
    sees_all = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "id"
    objects = BaseUserManager()

    class Meta:
        db_table = "staff"

    def __str__(self) -> str:
        return self.name


class Answer(models.Model):
    """What a customer answered after a visit; a visit is answered once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    visit = models.CharField(max_length=20, unique=True)
    team = models.ForeignKey(Team, models.PROTECT)
    score = models.IntegerField()
    comment = models.TextField(default="")
    name = models.CharField(max_length=100, default="")
    email = models.CharField(max_length=100, default="")
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "answer"

    def __str__(self) -> str:
        return f"{self.visit}: {self.score}"
