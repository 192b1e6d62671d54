"""What leaves for other programs, in the formats that they read: Data Package, ClaimReview, tables of readings."""
