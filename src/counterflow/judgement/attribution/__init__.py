"""How much of what a strategy changes is owed to each of its levers."""
