"""How long anything is kept, and what is known of one person: over every table at once, by name."""
