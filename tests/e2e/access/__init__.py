"""A package, so that what its tests start ends with them: scope="package" would mean the whole run otherwise."""
