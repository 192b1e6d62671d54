"""What two assessments differ in: what entered them, what came of it, and whether one can be laid to the other."""
