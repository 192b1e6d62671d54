"""The coupled model: one file per mechanism, `system.py` which couples them, priors (TOML) beside them."""
