"""The section Training lab."""
