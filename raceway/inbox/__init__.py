"""Which exports wait, here or in a remote store, and where their raw files go."""
