"""How far random tests look: as far as is quick, and each time alike."""

from hypothesis import settings

settings.register_profile("quick", max_examples=10, derandomize=True, database=None)
settings.load_profile("quick")
