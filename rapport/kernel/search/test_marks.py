"""What is marked in hits."""

from rapport.kernel.search.marks import marked


def test_beginnings_of_words_are_marked_whatever_their_case_and_accents() -> None:
    assert str(marked("Stadtwerke Elmenau", "elm")) == "Stadtwerke <mark>Elm</mark>enau"
    assert str(marked("Ana-Lucía Groß", "lucia gross")) == "Ana-<mark>Lucía</mark> <mark>Groß</mark>"
    assert str(marked("Anselm", "elm")) == "Anselm"


def test_what_is_marked_stays_text() -> None:
    assert str(marked("<b>Bold</b> & co", "bo <")) == "&lt;b&gt;<mark>Bo</mark>ld&lt;/b&gt; &amp; co"
    assert str(marked("plain", " *(")) == "plain"
