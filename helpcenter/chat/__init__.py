"""The rule-based chat: rules in files, a deterministic matcher, and a pure dialogue engine."""
