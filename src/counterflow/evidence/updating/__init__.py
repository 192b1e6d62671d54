"""From publishers' files to a new vintage: fetch, compute, validate, compare, commit."""
