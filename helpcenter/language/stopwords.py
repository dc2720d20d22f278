"""Words that carry no topic: one file a language under wordlists/, ``#`` starts a comment."""

from functools import lru_cache
from importlib.resources import files

from helpcenter.language.folding import fold, normalise

__all__ = ["stop_words"]


@lru_cache(maxsize=100)
def stop_words(lang: str) -> frozenset[str]:
    """Return the stop words of *lang*, as written and folded; empty where no list stands."""
    path = files("helpcenter.language").joinpath("wordlists", f"{lang}.txt")
    if not lang.isalpha() or not path.is_file():
        return frozenset()
    listed = {word for line in path.read_text("utf-8").splitlines() for word in line.partition("#")[0].split()}
    listed = {normalise(word) for word in listed}
    return frozenset(listed | {fold(word, lang) for word in listed})
