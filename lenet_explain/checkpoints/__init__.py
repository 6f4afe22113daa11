"""Weights in files: with cards, as series of moments, and those that come with the project."""
