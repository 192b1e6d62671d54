"""One module per publisher: where its files are found, and what they say.

Each connector offers two functions. `collect(get, address)` finds the publisher's current files, starting at
`address`, and gives those that changed; `parse(files)` turns files into an `Extract`, or raises EvidenceError
that names the file, the line or cell, and what is wrong. Neither knows of the store: what is new, what was
revised and whether to believe it is decided in `evidence/updating/`.
"""
