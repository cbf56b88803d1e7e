"""What people and nights do to the measures: freeze a figure, enter one from elsewhere, count faults in the data."""
