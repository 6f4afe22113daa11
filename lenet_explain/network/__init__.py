"""A network as a frozen description: layers, the walk through them, names, text and links."""
