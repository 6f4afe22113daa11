"""The section Counting."""
