"""The words that are new in a reply: without the mail it answers, without the signature.

Linear in the length of the text, whatever it holds. What is cut is never lost: the staff can open the whole mail.
"""

import re

# Stands in our own mails, in any language; whoever answers above it needs no other rule.
MARK = re.compile(r"##-.{0,200}-##")
QUOTED = re.compile(r"^\s*>")
# The line above a quote, as mail programs write it in English, Latvian, Polish, Swedish, Kazakh, and in the Russian
# and German that the same customers' programs may speak.
WROTE = re.compile(
    r"(?:wrote|rakstīja|raksta|napisał(?:\(a\)|a)?|pisze|nadesłał|skrev|жазды|жазған|написал(?:\(а\)|а)?|пишет|schrieb)\b.{0,200}:\s*$",
    re.IGNORECASE,
)
# Only a line with a date or an address in it is such a line: people write "she wrote:" too.
DATED = re.compile(r"\d{1,4}\D{1,12}\d{1,4}|@")
ORIGINAL = re.compile(
    r"^\s*[-_]{3,}\s*(?:original message|sākotnējā(?:is)? (?:ziņa|ziņojums|vēstule)|(?:oryginalna wiadomość|wiadomość oryginalna)"
    r"|ursprungligt meddelande|originalmeddelande|бастапқы хат|бастапқы хабар(?:лама)?|түпнұсқа хабар|исходное сообщение"
    r"|ursprüngliche nachricht)\s*[-_]{3,}\s*$",
    re.IGNORECASE,
)
# The block of headers that Outlook puts above what it quotes.
FROM = re.compile(r"^\s*\*?(?:from|no|od|från|кімнен|от кого|от|von)\s*:\*?\s*\S", re.IGNORECASE)
HEADER = re.compile(
    r"^\s*\*?(?:from|sent|date|to|cc|subject|no|nosūtīts|datums|kam|kopija|temats|tēma|od|wysłano|data|do|dw|temat"
    r"|från|skickat|datum|till|kopia|ämne|кімнен|жіберілді|жіберілген күні|күні|кімге|көшірме|тақырыбы|тақырып"
    r"|от|отправлено|дата|кому|копия|тема|von|gesendet|an|betreff)\s*:\*?",
    re.IGNORECASE,
)
RULE = re.compile(r"^\s*_{5,}\s*$")
SIGNATURE = re.compile(r"^-- ?$")
SENT_FROM = re.compile(
    r"^\s*(?:sent from my|sent from outlook|get outlook for|sūtīts no man[ai]|nosūtīts no man[ai]|wysłan[oe] z|skickat från min|skickat från outlook"
    r"|менің \S{1,30} жіберілді|\S{1,30} құрылғысынан жіберілді|iphone-нан жіберілді|отправлено с)\b.{0,60}$",
    re.IGNORECASE,
)


def reply_text(text: str) -> str:
    """Return what is new in *text*; all of it when cutting would leave nothing.

    >>> reply_text("Yes, red.\\n\\nOn 22 Nov 2026 at 10:00, Gus <help@nordlys.example> wrote:\\n> Which colour?")
    'Yes, red.'
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    kept = _without_signature(_without_quote(lines))
    return _joined(kept) or _joined(lines)


def _without_quote(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if MARK.search(line):
            return _before(lines, number)
        if ORIGINAL.match(line) or _begins_headers(lines, number):
            return lines[:number]
        length = _introduction(lines, number)
        if length:
            return [*lines[:number], *_among_quotes(lines[number + length :])]
    return _without_quoted_end(lines)


def _before(lines: list[str], number: int) -> list[str]:
    """Return the lines above our mark, without what a mail program put between: an introduction, a block of headers."""
    above = lines[:number]
    for start in range(max(0, number - 12), number):
        if _introduction(above, start) or _begins_headers(above, start) or ORIGINAL.match(above[start]):
            return above[:start]
    return _without_quoted_end(above)


def _introduction(lines: list[str], number: int) -> int:
    """Return how many lines from *number* on say "On … wrote:", 0 when they do not. Programs wrap it over up to three."""
    if QUOTED.match(lines[number]) or not lines[number].strip():
        return 0
    joined = ""
    for length, line in enumerate(lines[number : number + 3], 1):
        if not line.strip():
            return 0
        joined = f"{joined} {line.strip()}"
        if len(joined) > 500:
            return 0
        if line.endswith(":"):
            follows = next((after for after in lines[number + length : number + length + 3] if after.strip()), "")
            is_known = WROTE.search(joined) and DATED.search(joined)
            is_above_quote = QUOTED.match(follows) and DATED.search(joined) and "@" in joined
            return length if is_known or is_above_quote else 0
    return 0


def _begins_headers(lines: list[str], number: int) -> bool:
    """Return whether a block of at least three headers begins here, or a ruled line above one."""
    start = number + 1 if RULE.match(lines[number]) else number
    block = lines[start : start + 5]
    return bool(block) and bool(FROM.match(block[0])) and sum(bool(HEADER.match(line)) for line in block) >= 3


def _among_quotes(lines: list[str]) -> list[str]:
    """Return what somebody wrote below or between the quotes of *lines*; nothing when there are no quotes or only those.

    One block of quotes above an answer is left out; answers between several keep what they answer.
    """
    if not any(QUOTED.match(line) for line in lines):
        return []
    own = _without_signature(_without_quoted_end(lines))
    blocks = sum(bool(QUOTED.match(line)) and not (number and QUOTED.match(own[number - 1])) for number, line in enumerate(own))
    if not any(line.strip() and not QUOTED.match(line) for line in own):
        return []
    return ["", *(own if blocks > 1 else [line for line in own if not QUOTED.match(line)])]


def _without_quoted_end(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or QUOTED.match(lines[end - 1])):
        end -= 1
    return lines[:end]


def _without_signature(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if SIGNATURE.match(line) or (SENT_FROM.match(line) and not any(rest.strip() for rest in lines[number + 1 : number + 4])):
            return lines[:number]
    return lines


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
