"""Words of the chain in templates."""
