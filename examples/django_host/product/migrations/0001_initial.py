"""The product's own tables."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Make them."""

    initial = True
    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("email", models.EmailField(max_length=254)),
                ("sees_all", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "manager",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"db_table": "staff"},
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                (
                    "lead",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="leads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "team"},
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("visit", models.CharField(max_length=20, unique=True)),
                ("score", models.IntegerField()),
                ("comment", models.TextField(default="")),
                ("name", models.CharField(default="", max_length=100)),
                ("email", models.CharField(default="", max_length=100)),
                ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="product.team")),
            ],
            options={"db_table": "answer"},
        ),
        migrations.AddField(
            model_name="staff",
            name="team",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="product.team"),
        ),
    )
