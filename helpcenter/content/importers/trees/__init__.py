"""Trees of Markdown files as other tools keep them: one module a style, and the parts they share."""
