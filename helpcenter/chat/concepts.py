"""Everyday words that mean nearly the same to a help desk, by language.

The matcher learns from five examples; nobody writes "declined", "refused" and "rejected" into all of them. Words of one line share a
concept, which is one more feature beside the word itself. General words only: an editor's own synonyms belong into examples.
"""

from __future__ import annotations

from functools import lru_cache

from helpcenter.language.analysis import base_language, key

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
recipient beneficiary payee receiver
stolen stole rob robbed mugged theft thief
pending hold outstanding unpaid incomplete
reverted reversed cancelled bounced
cheque check
top topup topping recharge
support supported accept accepted compatible
apple google samsung watch wallet
contactless tap nfc
virtual disposable online digital
expire expired expiry expiration renew renewal
multiple several many second another
friend family relative wife husband partner
question ask enquiry inquiry query
quality durable durability material
mattress bed pillow
exchange swap replace replacement trade
team match player league game
points score prize win winner winnings
pending processing process progress status
automatic automatically auto
stop prevent avoid
bad terrible awful horrible poor worst
good great excellent awesome best nice
big large huge
small little tiny
"""


LATVIAN = """
pirkt pirkums nopirkt pasūtīt pasūtījums iegādāties
maksāt maksājums samaksāt apmaksa apmaksāt norēķināties
rēķins kvīts čeks
cena maksa izmaksas tarifs dārgs
nauda līdzekļi
atmaksa atmaksāt atlīdzība kompensācija
atgriezt atdot atgriešana
atcelt pārtraukt izbeigt lauzt apturēt beigt
dzēst izdzēst noņemt slēgt
mainīt nomainīt labot izlabot atjaunot pamainīt
izveidot reģistrēt reģistrēties pieteikties sākt
saņemt dabūt iegūt
piegāde piegādāt atvest kurjers sūtīt nosūtīt
sūtījums paka pasta prece
kavēties kavējas nokavēts aizkavējies gaidīt
kur atrast meklēt atrodas
pazudis zudis nozagts pazaudēt
salauzts bojāts saplīsis sabojāts bojājums
nestrādā nedarbojas darboties strādāt
kļūda problēma nepareizs grūtības
bloķēt nobloķēts slēgts
parole kods pieteikšanās
tālrunis telefons mobilais numurs zvanīt piezvanīt
internets tīkls savienojums wifi
maršrutētājs rūteris modems kaste
lēns vājš slikts
cilvēks darbinieks operators konsultants speciālists
sūdzība sūdzēties neapmierināts pretenzija
rādīt redzēt skatīt apskatīt pārbaudīt
kāpēc iemesls
dati informācija ziņas
līgums abonements pieslēgums
adrese dzīvesvieta
"""

POLISH = """
kupić kupno zakup zamówić zamówienie
płacić zapłacić płatność opłacić uregulować
faktura rachunek paragon
cena koszt opłata drogo ile
pieniądze środki gotówka
zwrot zwrócić oddać odesłać
anulować odwołać zrezygnować wypowiedzieć rozwiązać zakończyć
usunąć skasować zamknąć
zmienić zmiana poprawić edytować zaktualizować
założyć utworzyć rejestracja zarejestrować zacząć
dostać otrzymać odebrać
dostawa dostarczyć kurier wysłać wysyłka przyjść
paczka przesyłka towar
opóźnienie spóźniony czekać późno
gdzie znaleźć szukać
zgubić zaginąć zniknąć ukraść skradziony
zepsuty uszkodzony popsuty awaria usterka
działać działa funkcjonować
błąd problem kłopot
zablokować blokada
hasło kod logowanie zalogować
telefon komórka numer dzwonić zadzwonić
internet sieć połączenie wifi
router modem skrzynka
wolny słaby powolny
człowiek osoba konsultant pracownik doradca
reklamacja skarga niezadowolony zażalenie
pokazać zobaczyć sprawdzić obejrzeć
dlaczego czemu powód
dane informacje
umowa abonament kontrakt
adres mieszkanie przeprowadzka
"""

SWEDISH = """
köpa köp beställa beställning order handla
betala betalning betalt
faktura räkning kvitto
pris kostnad avgift kosta dyrt
pengar belopp
återbetalning återbetala ersättning
returnera retur skicka lämna
avbryta avbeställa säga upp avsluta annullera uppsägning
radera ta bort stänga
ändra byta uppdatera rätta
skapa registrera börja starta
få motta hämta
leverans leverera bud skicka komma
paket försändelse vara
sen försenad vänta dröja
var hitta leta
borta förlorad stulen försvunnen tappat
trasig skadad sönder fel defekt
fungera fungerar funkar
problem fel bekymmer
spärra låst blockerad
lösenord kod inloggning logga
telefon mobil nummer ringa
internet nätet uppkoppling wifi bredband
router modem dosa
långsam svag seg
människa person medarbetare handläggare
klagomål klaga missnöjd reklamation
visa se kontrollera kolla
varför orsak anledning
uppgifter data information
avtal abonnemang kontrakt
adress bostad flytta
"""

KAZAKH = """
сатып тапсырыс тапсыру
төлеу төлем төледім
шот түбіртек
баға құны ақы қымбат
ақша қаражат
қайтару қайтарым
тоқтату болдырмау бұзу
жою өшіру жабу
өзгерту ауыстыру түзету жаңарту
тіркелу ашу бастау
алу алдым
жеткізу жеткізілім курьер жіберу келу
сәлемдеме посылка тауар
кешігу кешікті күту
қайда табу іздеу
жоғалту жоғалды ұрланды
сынған бұзылған ақау істемейді
қате мәселе қиындық
құпиясөз пароль код кіру
телефон ұялы нөмір қоңырау
интернет желі байланыс
роутер модем
баяу нашар әлсіз
адам оператор маман қызметкер
шағым наразы
көру көрсету тексеру
неге себеп
дерек мәлімет ақпарат
келісімшарт шарт
мекенжай көшу
"""

LISTS = {"en": ENGLISH, "lv": LATVIAN, "pl": POLISH, "sv": SWEDISH, "kk": KAZAKH}


@lru_cache(maxsize=32)
def concepts(lang: str) -> dict[str, tuple[str, ...]]:
    """Return the concepts of each known word of a language, by the word's key.

    >>> concepts("en")["refus"] == concepts("en")["declin"]
    True
    """
    found: dict[str, list[str]] = {}
    for line in LISTS.get(base_language(lang), "").split("\n"):
        words = line.split()
        for word in words:
            named = found.setdefault(key(word, lang), [])
            if words[0] not in named:
                named.append(words[0])
    return {word: tuple(named) for word, named in found.items()}
