"""What a network's numbers are made of: formulas, sums, comparisons."""
