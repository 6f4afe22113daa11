"""What a worker process does: one task a file."""
