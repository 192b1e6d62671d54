"""The report in other forms than the page: Markdown, a Word memo, PDF, and the published schema of assessment.json.

All are made from the assessment alone, as the page is.
"""
