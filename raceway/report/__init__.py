"""The pages that are published beside the mart."""
