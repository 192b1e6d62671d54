"""Search for better strategies: many objectives under a budget and legal limits, and a front for an answer."""
