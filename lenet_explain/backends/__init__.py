"""The network's arithmetic outside the browser: torch's module, its hand-written stages, and NumPy's chain rule."""
