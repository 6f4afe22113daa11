"""How a network is trained, as frozen data."""
