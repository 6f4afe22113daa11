"""The section Look inside."""
