"""The lab: the same model, live, in a browser."""
