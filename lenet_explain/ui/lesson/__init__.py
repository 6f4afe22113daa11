"""The section Lessons."""
