"""What is odd about a document: words missing, sources missing, boilerplate, figures that disagree."""
