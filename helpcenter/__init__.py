"""A self-hosted help center: articles, search, chat, votes, and requests that a person answers."""

__version__ = "0.1.0"
