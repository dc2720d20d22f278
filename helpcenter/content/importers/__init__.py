"""Importers: a source (a tree or an export of another tool) becomes articles, and a writer puts them into a content folder."""
