"""A small library in five languages, and an engine over it."""

from pathlib import Path

import pytest

from helpcenter.search.engine import Document
from helpcenter.search.whoosh_engine import WhooshEngine


def document(lang: str, slug: str, title: str, body: str, **more: object) -> Document:
    """Return an article as sync hands it to the engine."""
    return Document(id=f"{lang}:{slug}", lang=lang, key=slug, slug=slug, title=title, body=body, **more)


INVOICE_BODY = """Every invoice is in My pages from the first of the month.
Download it
Open the invoice and choose Download as PDF.
If an invoice is wrong
Write to us within 30 days, and do not pay the disputed amount."""

LIBRARY = [
    document(
        "en",
        "find-invoice",
        "Find your invoice",
        INVOICE_BODY,
        headings=("Download it", "If an invoice is wrong"),
        heading_ids=("download-it", "if-an-invoice-is-wrong"),
        keywords=("bill",),
        description="Where your invoices are.",
        section="payments",
    ),
    document("en", "change-password", "Change your password", "Choose a new password under Account.", section="account"),
    document("en", "slow-wifi", "When the wifi is slow", "Move the router away from the microwave oven.", section="internet"),
    document("en", "return-item", "Return an item", "Send the parcel back, we refund the money.", section="orders"),
    document("en", "house", "Moving house", "Tell us when you move house.", section="account"),
    document("lv", "atrast-rekinu", "Kur atrast rēķinu", "Visi rēķini ir sadaļā Manas lapas.", section="payments"),
    document("lv", "parole", "Paroles maiņa", "Izvēlieties jaunu paroli.", section="account"),
    document("pl", "faktura", "Gdzie jest faktura", "Wszystkie faktury znajdziesz w panelu klienta.", section="payments"),
    document("pl", "haslo", "Zmiana hasła", "Wybierz nowe hasło dla klientów.", section="account"),
    document("sv", "faktura", "Hitta din faktura", "Alla fakturor finns på Mina sidor.", section="payments"),
    document("sv", "betalning", "Betalningsplan", "Dela upp betalningen i flera delar.", section="payments"),
    document("sv", "banken", "Bänk eller bank", "En bänk att sitta på.", section="home"),
    document("kk", "shot", "Шотты қайдан табуға болады", "Барлық шоттар жеке кабинетте.", section="payments"),
    document("kk", "qupiyasoz", "Құпиясөзді өзгерту", "Жаңа құпиясөзді таңдаңыз.", section="account"),
]  # fmt: skip


@pytest.fixture
def library() -> list[Document]:
    """Return the articles that are indexed."""
    return list(LIBRARY)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    """Return an engine over the library that no test changes."""
    engine = WhooshEngine(tmp_path_factory.mktemp("index"))
    engine.rebuild(LIBRARY, revision=1)
    return engine


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    """Return an engine over the library that a test may change."""
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild(LIBRARY, revision=1)
    return engine
