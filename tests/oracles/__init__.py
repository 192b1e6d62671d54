"""The steps of the mechanisms again, in plain NumPy, to compare with."""
