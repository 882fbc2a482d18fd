"""A survey product on Django: people sign in, customers answer, and unhappy ones become issues."""
