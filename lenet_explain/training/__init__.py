"""Recipes (plain data) and the loop that follows them. Importing the package alone does not import torch."""
