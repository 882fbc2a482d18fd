"""What ``manage.py`` can do for this product."""
