"""One export to immutable Parquet batches."""
