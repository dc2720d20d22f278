"""Articles as files: what is read, and what is said about a file that cannot be used (the matrix R14)."""

import os
import sys
import tracemalloc

import pytest

from helpcenter.content.folder import ArticleFile, list_articles
from helpcenter.content.problems import BrokenFile
from helpcenter.content.reader import plain_title, read_article
from helpcenter.content.site import Site
from tests.content.folders import write


def read(tmp_path, text, path="en/pay/card.md"):
    """Return the article of a file with *text*."""
    root = write(tmp_path, {path: text}).resolve()
    return read_article(ArticleFile(path, "en", "en"), root)


def broken(root, path="en/x.md"):
    """Return the problem of a broken file."""
    with pytest.raises(BrokenFile) as error:
        read_article(ArticleFile(path, "en", "en"), root.resolve())
    return error.value.problem


def test_a_path_gives_key_slug_and_section(tmp_path):
    article = read(tmp_path, "---\ntitle: T\n---\nBody\n", "en/pay/by-card/Old_Name.md")

    assert (article.key, article.slug, article.section) == ("pay/by-card/Old_Name", "old-name", "pay/by-card")
    assert article.markdown == "Body\n"
    assert article.body_line == 4


def test_an_index_page_is_named_like_its_folder(tmp_path):
    assert read(tmp_path, "# T", "en/pay/index.md").slug == "pay"


@pytest.mark.parametrize(
    ("front", "name", "value"),
    [
        ("short_title: S", "short_title", "S"),
        ("sidebar_label: S", "short_title", "S"),
        ("shortTitle: S", "short_title", "S"),
        ("intro: I", "description", "I"),
        ("sidebar_position: 3", "order", 3),
        ("weight: 3", "order", 3),
        ("tags: a, b", "tags", ["a", "b"]),
        ("tags: [a, a, 12]", "tags", ["a", "12"]),
        ("draft: yes", "draft", True),
        ("published: false", "draft", True),
        ("aliases: [/old/path]", "redirect_from", ["/old/path"]),
        ("hide_toc: true", "toc", False),
        ("showMiniToc: false", "toc", False),
        ("title: 2024", "title", "2024"),
        ("order: 1\nweight: 7", "order", 1),  # our own name wins
    ],
)
def test_keys_and_their_synonyms_are_read(tmp_path, front, name, value):
    assert getattr(read(tmp_path, f"---\n{front}\n---\n# T").front, name) == value


@pytest.mark.parametrize("text", ["2026-11-02", "2026-11-02T10:00:00+02:00", "{date: 2026-11-02, author: Ed}"])
def test_dates_are_read_in_the_forms_other_tools_write(tmp_path, text):
    assert read(tmp_path, f"---\nlast_update: {text}\n---\n# T").front.updated.isoformat() == "2026-11-02"


def test_a_foreign_value_that_cannot_be_read_is_ignored_with_a_warning(tmp_path):
    article = read(tmp_path, "---\ntitle: T\ndate: 10/01/2020\n---\n")

    assert article.front.updated is None
    assert [str(problem) for problem in article.problems] == [
        "en/pay/card.md:3: ignored-value date takes a date such as 2026-11-22, not 10/01/2020; the key is ignored."
    ]


def test_unknown_keys_are_kept_with_their_lines(tmp_path):
    assert read(tmp_path, "---\ntitle: T\nms.author: x\n---\n").front.unknown == {"ms.author": 3}


def test_a_category_is_the_section_of_a_tree_without_folders(tmp_path):
    article = read(tmp_path, "---\ntitle: T\ncategory: Wi-Fi & Networks\n---\n", "en/card.md")

    assert (article.section, article.section_title) == ("wi-fi-networks", "Wi-Fi & Networks")


def test_the_title_is_the_first_heading_when_front_matter_has_none(tmp_path):
    article = read(tmp_path, "\n# Pay **by** [card](x.md) `now` {#pay}\n\nBody")

    assert article.title == "Pay by card now"


def test_a_file_without_any_title_is_named_by_its_words(tmp_path):
    article = read(tmp_path, "Body", "en/pay/by-card.md")

    assert article.title == "By card"
    assert article.problems[0].code == "no-title"


def test_a_slug_that_cannot_stand_in_an_address_is_changed_and_reported(tmp_path):
    article = read(tmp_path, "---\ntitle: T\nslug: /help/Rēķins 2\n---\n")

    assert article.slug == "rekins-2"
    assert article.problems[0].code == "slug"


def test_line_ends_and_byte_order_mark_do_not_matter(tmp_path):
    article = read(tmp_path, b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\nBody\r\n")

    assert (article.title, article.markdown) == ("T", "Body\n")


@pytest.mark.parametrize(
    ("content", "line", "code", "words"),
    [
        ("---\ntitle: [\n---\n", 3, "front-matter", "Not valid YAML"),
        ("---\ntitle: T\nupdated: 2026-02-31\n---\n", 3, "front-matter", "updated takes a date"),
        ("---\ntitle: T\norder: first\n---\n", 3, "front-matter", "order takes a whole number"),
        ("---\ntitle: T\ndraft: maybe\n---\n", 3, "front-matter", "draft takes true or false"),
        ("---\na: &x 1\nb: *x\n---\n", 3, "front-matter", "Aliases"),
        ("---\na: !!python/name:os.system\n---\n", 2, "front-matter", "tag"),
        ("---\ntitle: T\ntitle: U\n---\n", 3, "front-matter", "twice"),
        ("---\n- a\n---\n", 2, "front-matter", "Expected keys"),
        ("---\ntitle: T\n", 1, "front-matter", "not closed"),
        ("---\nx: " + "a" * 16 * 1024 + "\n---\n", 1, "front-matter", "larger than 16 KB"),
        ("---\ntitle: " + "a" * 301 + "\n---\n", 2, "front-matter", "at most 300"),
        ("a\nrēķins".encode("latin-1", "replace") + b"\xe9", 2, "encoding", "not UTF-8"),
        ("# T".encode("utf-16"), 1, "encoding", "UTF-16"),
        ("a\nb\x00", 2, "encoding", "NUL"),
        ("a" * (256 * 1024 + 1), 1, "too-large", "at most 256 KB"),
    ],
)
def test_a_broken_file_says_where_and_what(tmp_path, content, line, code, words):
    problem = broken(write(tmp_path, {"en/x.md": content}))

    assert (problem.line, problem.code) == (line, code)
    assert words in problem.message


def test_fifty_megabytes_are_refused_without_reading_them(tmp_path):
    write(tmp_path, {"en/x.md": ""})
    os.truncate(tmp_path / "en/x.md", 50 * 1024 * 1024)

    tracemalloc.start()
    problem = broken(tmp_path)
    _now, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert problem.code == "too-large"
    assert highest < 2 * 1024 * 1024


def test_a_folder_named_like_an_article_is_reported(tmp_path):
    write(tmp_path, {"en/x.md/y.md": "# Y"})

    listing = list_articles(tmp_path, Site())

    assert [file.path for file in listing.files] == ["en/x.md"]
    assert broken(tmp_path).code == "not-a-file"


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path):
    root = write(tmp_path / "content", {"en/y.md": "# Y"})
    write(tmp_path, {"secret.md": "# Secret"})
    (root / "en/x.md").symlink_to(tmp_path / "secret.md")

    assert broken(root).code == "outside"


def test_a_link_inside_the_folder_is_followed(tmp_path):
    root = write(tmp_path, {"en/y.md": "# Y"})
    (root / "en/x.md").symlink_to("y.md")

    assert read_article(ArticleFile("en/x.md", "en", "en"), root.resolve()).title == "Y"


def test_a_loop_of_links_is_reported(tmp_path):
    write(tmp_path, {"en/y.md": "# Y"})
    (tmp_path / "en/x.md").symlink_to("x.md")

    assert broken(tmp_path).code == "unreadable"


def test_a_folder_that_links_to_itself_is_not_entered(tmp_path):
    write(tmp_path, {"en/y.md": "# Y"})
    (tmp_path / "en/again").symlink_to(tmp_path / "en")

    assert [file.path for file in list_articles(tmp_path, Site()).files] == ["en/y.md"]


def test_a_file_that_vanished_is_reported(tmp_path):
    assert broken(tmp_path).code == "unreadable"


def test_a_pipe_named_like_an_article_does_not_hang(tmp_path):
    (tmp_path / "en").mkdir()
    os.mkfifo(tmp_path / "en/x.md")

    assert broken(tmp_path).code == "not-a-file"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are of Unix")
def test_a_file_without_permission_is_reported(tmp_path):
    write(tmp_path, {"en/x.md": "# X"})
    (tmp_path / "en/x.md").chmod(0)
    if os.access(tmp_path / "en/x.md", os.R_OK):
        # The superuser reads everything; the other unreadable files of this module hold the rule.
        return

    assert broken(tmp_path).code == "unreadable"


def test_hidden_files_fragments_and_other_suffixes_are_no_articles(tmp_path):
    write(
        tmp_path,
        {"en/a.md": "", "en/.b.md": "", "en/_c.md": "", "en/includes/d.md": "", "en/e.txt": "", "bot/en/f.md": "", "README.md": ""},
    )

    assert [file.path for file in list_articles(tmp_path, Site()).files] == ["en/a.md"]


def test_a_folder_without_languages_is_one_language(tmp_path):
    write(tmp_path, {"guide/a.md": "", "b.md": "", "tests/c.md": "", "_assets/d.md": ""})

    files = list_articles(tmp_path, Site()).files

    assert [(file.path, file.lang, file.key) for file in files] == [("b.md", "en", "b"), ("guide/a.md", "en", "guide/a")]


def test_a_language_that_the_site_does_not_list_is_reported(tmp_path):
    write(tmp_path, {"en/a.md": "", "de/a.md": ""})

    listing = list_articles(tmp_path, Site(languages=["en"]))

    assert [file.lang for file in listing.files] == ["en"]
    assert listing.problems[0].code == "orphan-language"


@pytest.mark.parametrize(
    ("markdown", "title"),
    [("**Bold** _move_", "Bold move"), ("[Link](a.md) and ![pic](b.png)", "Link and pic"), ("Note[^1]", "Note"), ("<a name='x'></a>T", "T")],
)
def test_a_heading_becomes_a_plain_title(markdown, title):
    assert plain_title(markdown) == title


def test_a_language_with_two_folders_is_told(tmp_path):
    write(tmp_path, {"pt-BR/a.md": "# A", "pt-br/b.md": "# B"})
    listing = list_articles(tmp_path, Site(languages=["pt-br"]))

    assert [file.path for file in listing.files] == ["pt-BR/a.md"]
    assert [(problem.path, problem.code) for problem in listing.problems] == [("pt-br", "orphan-language")]
