"""The model against what is published and what was observed: targets, event studies, and the table of both."""
