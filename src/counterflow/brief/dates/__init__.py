"""Words of time: dates, periods, terms of office."""
