"""Everyday English words that mean nearly the same to a help desk.

The matcher learns from five examples; nobody writes "declined", "refused" and "rejected" into all of them. Words of one line share a
concept, which is one more feature beside the word itself. General words only: an editor's own synonyms belong into examples.
"""

from __future__ import annotations

from functools import lru_cache

from helpcenter.language.analysis import key

ENGLISH = """
buy purchase order shop
pay payment paid charge debit
invoice bill statement receipt
cost price fee fees charge rate pricing expensive much
money cash funds
refund reimburse reimbursement repay compensation moneyback
return giveback sendback
cancel stop end terminate quit undo revert abort discontinue
delete remove erase deactivate close
change edit modify update alter switch adjust correct amend replace
add include attach extra
create open register signup start setup begin new make
get receive obtain acquire collect
arrive come deliver delivery shipped ship shipping shipment dispatch sent
package parcel item product goods article stuff
late delay delayed slow long overdue waiting wait
when time date day soon long
where locate location place find
lost missing stolen lose stole misplaced gone disappeared vanished
broken damaged defective faulty damage crack cracked
fail failed declined decline rejected reject refused denied unsuccessful error problem issue trouble
work working function functioning operate
block blocked lock locked freeze frozen suspend suspended disable disabled
unlock unblock activate enable activation unfreeze
password passcode pin code credentials login
identity verify verification identification proof authenticate confirm validate
account profile
card visa mastercard
bank banking
transfer send wire remit move
withdraw withdrawal atm cash
deposit topup load add
balance amount sum total
limit maximum max minimum cap restriction
foreign abroad overseas international country countries europe travel
currency exchange rate convert conversion
address home house residence
phone mobile telephone cell cellphone call number ring dial
email mail inbox newsletter
help assist support assistance aid
agent human person representative operator someone advisor staff
complain complaint unhappy dissatisfied claim disappointed
want would wish need like desire
show see view display check look tell know information info details
explain why reason understand mean
allow permit possible can able may
duplicate twice double again repeated
wrong incorrect mistake error false inaccurate
unknown recognize unrecognized strange suspicious unauthorized fraud
safe secure security safety protect
age old young child children kid minor
discount coupon offer deal voucher promo sale cheap cheaper
subscription plan membership contract subscribe
size fit measure dimension
store shop outlet branch showroom
stock available availability supply
guarantee warranty
doctor medicine health medical
food meal eat dish cook recipe restaurant dinner lunch
car vehicle auto automobile
weather rain forecast temperature
flight plane airline fly airport
hotel room accommodation
schedule appointment meeting calendar event book booking reserve reservation
remind reminder alert notification notify
song music track playlist play tune
hello hi hey greetings
bye goodbye later
thanks thank appreciate grateful
yes yeah sure yep correct
no nope nah not
joke funny laugh humor
speak talk chat contact reach
salary income wage paycheck earnings
tax taxes irs
loan credit mortgage borrow
insurance insured coverage policy
job work employment
vacation holiday leave pto
language translate translation say spanish french
name called call
quick fast speed rapidly quickly immediately asap instant
free gratis complimentary
download install save get
pending processing process progress status
automatic automatically auto
stop prevent avoid
bad terrible awful horrible poor worst
good great excellent awesome best nice
big large huge
small little tiny
"""


@lru_cache(maxsize=8)
def concepts(lang: str) -> dict[str, tuple[str, ...]]:
    """Return the concepts of each known word of a language, by the word's key."""
    if lang != "en":
        return {}
    found: dict[str, list[str]] = {}
    for line in ENGLISH.split("\n"):
        words = line.split()
        for word in words:
            named = found.setdefault(key(word, lang), [])
            if words[0] not in named:
                named.append(words[0])
    return {word: tuple(named) for word, named in found.items()}
