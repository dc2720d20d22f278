"""The place in an installed wheel for articles, templates and static files; empty in a checkout."""
