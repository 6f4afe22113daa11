"""The section Sources."""
