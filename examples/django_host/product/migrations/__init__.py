"""The history of the product's tables."""
