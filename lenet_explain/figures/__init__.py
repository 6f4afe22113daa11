"""Data in, figure out. Every figure starts from `theme`, so that one colour means one thing on every page."""
