"""What is kept of a visit: choices, caches, the visitor's own network."""
