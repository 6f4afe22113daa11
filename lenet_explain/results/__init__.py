"""What a run or a look at a network gives: events, records, accuracies, readings."""
