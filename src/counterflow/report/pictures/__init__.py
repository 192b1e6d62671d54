"""The report's pictures: each a Vega-Lite spec, its data as rows, and words for those who do not see it."""
