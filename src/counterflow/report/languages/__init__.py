"""The finished report in another language: a memory of pairs of sentences with slots, kept beside the code as TOML."""
