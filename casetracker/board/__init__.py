"""How the board judges an indicator: its rating against a target, its direction of travel, its comparator. Pure."""
