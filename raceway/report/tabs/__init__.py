"""What each page of the report shows: one module a page, each with `payload(context)`, columns by name."""
