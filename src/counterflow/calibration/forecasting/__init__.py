"""Forecasts, the simple rules they are held against, scores, blends and backtests."""
