"""Passwords that everybody tries first. Written by hand for this project; shorter ones are refused anyway.

A password is also refused when it is one of these with digits or signs behind it.
"""

_WORDS = """
    password passwort password1 passw0rd p@ssword p@ssw0rd pa55word password123 password12 mypassword letmein1 letmeinnow
    welcome1 welcome123 welcomeback changeme changeme1 changeit default1 administrator adminadmin admin123 admin1234
    rootroot toortoor superuser supervisor sysadmin webmaster hostmaster postmaster testtest test1234 testing1 tester12
    guestguest useruser user1234 username demo1234 demodemo sample12 example1 secret12 secret123 topsecret mysecret
    qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwertz12 qwertzui azertyui azerty123 asdfghjk asdfghjkl asdfasdf
    asdf1234 zxcvbnm1 zxcvbnmm zxcv1234 qazwsxed qazwsx123 1qaz2wsx 1q2w3e4r 1q2w3e4r5t q1w2e3r4 zaq12wsx !qaz2wsx
    12345678 123456789 1234567890 0123456789 87654321 987654321 9876543210 11111111 22222222 33333333 44444444 55555555
    66666666 77777777 88888888 99999999 00000000 12121212 12341234 12344321 11223344 1122334455 123123123 123321123
    147258369 159753456 741852963 789456123 13579135 24682468 31415926 27182818 19901990 20002000 20202020 20232023
    20242024 20252025 20262026 abcdefgh abcdefghi abcd1234 abc12345 abcabcabc abc123abc a1b2c3d4 aa123456 aaaaaaaa
    aabbccdd zzzzzzzz xxxxxxxx iloveyou iloveyou1 ilovehim iloveher loveyou1 lovelove lovely12 sweetheart princess
    princess1 sunshine sunshine1 rainbow1 butterfly flowers1 football football1 baseball basketball volleyball hockey12
    liverpool1 barcelona realmadrid juventus manchester chelsea1 superman superman1 batman12 spiderman starwars
    pokemon1 pikachu1 minecraft fortnite playstation nintendo dragon12 monster1 warcraft computer computer1 internet
    internet1 samsung1 microsoft windows1 windows10 android1 facebook facebook1 google12 linkedin whatsapp instagram
    telegram youtube1 summer12 summer2024 summer2025 summer2026 winter12 winter2024 winter2025 winter2026 spring12
    autumn12 monday12 friday12 january1 december michael1 jennifer michelle jessica1 charlotte alexander andrew12
    daniel12 thomas12 nicholas victoria trustno1 whatever whatever1 nothing1 hello123 hellohello helloworld goodluck
    freedom1 master12 mustang1 corvette mercedes porsche1 chocolate cookie12 pumpkin1 cheese12 support1 helpdesk
    helpdesk1 helpcenter customer1 service1 company1 office12 business letmein123 parole12 haslo123 hasło123 hemligt1
    lösenord qwerty12345
"""

COMMON = frozenset(_WORDS.split())


def is_common(password: str) -> bool:
    """Return whether *password* is one that is tried first.

    >>> is_common("Password123!"), is_common("correct horse battery")
    (True, False)
    """
    plain = password.casefold()
    stem = plain.rstrip("0123456789!?.,#$%*-_+@ ")
    return plain in COMMON or len(set(plain)) < 3 or (len(stem) >= 6 and stem in COMMON)
