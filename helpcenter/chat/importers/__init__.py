"""Bots of other tools as rules of ours: one module reads a format, `writing` puts the result into a content folder."""
