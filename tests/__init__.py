"""The tests; one folder a package, and those of the whole beside them."""
