"""What a home says: settings, accounts, lists and rules, and the making of a new home."""
