"""The measures asked: what is counted, in which period, as known on which day, and the cases behind every number."""
