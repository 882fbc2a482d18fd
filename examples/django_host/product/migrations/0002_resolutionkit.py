"""The tables of resolutionkit, in the version that this product was written for."""

from django.db import migrations

from resolutionkit.storage.sql import migrating

# begin resolutionkit: tables
tables = migrations.RunSQL(
    migrating.script("sqlite", to="resolutionkit_0001"),
    migrating.script("sqlite", start="resolutionkit_0001", to="base"),
)
# end resolutionkit


class Migration(migrations.Migration):
    """Make them, or drop them."""

    dependencies = (("product", "0001_initial"),)
    atomic = False  # the script is a transaction
    operations = (tables,)
