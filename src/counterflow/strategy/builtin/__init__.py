"""Strategies that come with the package, as data: what documents can be compared with."""
