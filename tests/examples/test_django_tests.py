"""The host on Django has tests of its own, which Django's test runner runs."""

from __future__ import annotations

from pathlib import Path

from support.serving import EXAMPLES, run


def test_the_tests_of_the_host_on_django_pass_in_its_own_runner(tmp_path: Path) -> None:
    """Each of its tests is rolled back, resolutionkit's rows included, so that the next one finds nothing."""
    environment = {"HOST_DATABASE": str(tmp_path / "host.db")}
    printed = run(["-W", "error", "manage.py", "test"], EXAMPLES / "django_host", environment)
    assert "Ran 4 tests" in printed
    assert "OK" in printed


def test_the_migrations_of_the_host_on_django_are_whole(tmp_path: Path) -> None:
    """Django finds nothing in the models that its migrations lack, and can take ours back."""
    environment = {"HOST_DATABASE": str(tmp_path / "host.db")}
    code = EXAMPLES / "django_host"
    assert "No changes detected" in run(["manage.py", "makemigrations", "--check"], code, environment)
    run(["manage.py", "migrate"], code, environment)
    assert "Unapplying product.0002_resolutionkit... OK" in run(
        ["manage.py", "migrate", "product", "0001"], code, environment
    )
