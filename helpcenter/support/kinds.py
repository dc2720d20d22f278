"""What a request can be about, and how soon it wants an answer."""

KINDS = ("question", "problem", "complaint", "call_back", "feedback")
PRIORITIES = ("normal", "high")
