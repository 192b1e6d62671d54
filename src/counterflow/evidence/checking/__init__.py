"""The test of a claim: every reading of its period against every reading of its baseline."""
