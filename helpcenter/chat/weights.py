"""The numbers of the matcher, and the measurements that set them.

Measured on folds of banking77, clinc150, bitext, hint3 and tilde-baltic (docs/decisions/0021); benchmarks/chat.py repeats it.
"""

# Shares of the four kinds of features: stems, pairs of stems, pieces of words, concepts.
WORD, PAIR, CHARS, CONCEPT = 1.0, 0.6, 1.0, 0.6
# How much rarer features count more.
IDF_POWER = 0.85
# A keyword counts as this part of an example; a keyword condition that holds, and the page, add so much to a score.
KEYWORD = 0.25
KEYWORD_BONUS = 0.25
PAGE_BONUS = 0.08
# What an editor wrote as an example is answered when it is said, even where two rules are alike.
EXAMPLE_BONUS = 0.3
# Margin correction: passes over the examples, the margin wanted, the longest step.
EPOCHS = 5
MARGIN = 0.3
STEP = 0.6
# Confidence: what a repaired word, a word of a known concept, and a word such as "for" count when the known share of a message is measured.
REPAIRED = 0.5
RELATED = 0.5
STOP_WORD = 0.3
# From which confidence the bot answers, and from which it asks back.
ANSWER_AT = 0.28
ASK_AT = 0.12
# They hold from MANY_INTENTS on; a bot with one intent needs the part FEWEST of them.
MANY_INTENTS = 20
FEWEST = 0.45
# No more of a message is read for understanding.
WORDS_READ = 60
CHARACTERS_READ = 1200
# Learning stops after this many steps, whatever the number of examples.
STEPS_AT_MOST = 10_000
# A feature that speaks for an intent less than this is left out: a quarter of the work, no right answer lost.
SMALLEST = 0.005
# With more intents than this only CANDIDATES (RIVALS while learning) are scored in full: those that the rarest features speak for most,
# within ROUGH_STEPS steps.
SCORED_IN_FULL = 250
CANDIDATES = 64
RIVALS = 16
ROUGH_STEPS = 4_000
