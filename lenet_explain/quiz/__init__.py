"""Counting by hand: what people write, which mistake a wrong number betrays, and what is kept of it."""
