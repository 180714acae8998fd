"""vCards of three versions and many programs."""

import time
from pathlib import Path

import pytest
import vobject

from rapport.kernel.imports.readers import UnreadableFile, open_table
from rapport.kernel.imports.readers.cards import kind_of

V21 = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;Dr.;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Dr. J=C3=B6rg M=C3=BCller
TEL;CELL:0171 1234567
TEL;WORK;VOICE:0221/12345
EMAIL;INTERNET;HOME:joerg@x.de
ADR;WORK;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:;;Hauptstra=C3=9Fe 5;K=C3=B6ln;;50667;Deutsch=
land
NOTE;ENCODING=QUOTED-PRINTABLE:Zeile eins=0D=0A=
Zeile zwei
PHOTO;ENCODING=BASE64;JPEG:
 /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB
 AQEBAQEBAQEBAQEBAQEB

END:VCARD
"""
V30 = """BEGIN:VCARD
VERSION:3.0
N:van der Meulen;Joost;Peter;;
FN:Joost van der Meulen
ORG:Gemeente Waterveld;Verkehr;Radwege
TITLE:Leiter\\, Planung
item1.EMAIL;type=INTERNET;type=pref:J.Meulen@waterveld.example
item1.X-ABLabel:_$!<Work>!$_
EMAIL;TYPE=HOME,INTERNET:joost@x.nl
TEL;TYPE=CELL:+31 6 555 0190
TEL;TYPE="work,voice":+31 20 555 0191
TEL;TYPE=WORK,FAX:+31 20 555 0192
ADR;TYPE=WORK:;Etage 3;Kade 1\\nHinterhaus;Waterveld;NH;1234 AB;Niederlande
ADR;TYPE=HOME:;;Weg 2;Delft;;2611;NL
BDAY:1980-05-13
URL:https://waterveld.example
CATEGORIES:Messe,Radwege\\, Dock
NOTE:Will im Juni Probe fahren\\; ruft an.\\nZweite
  Zeile
END:VCARD
"""
V40 = """BEGIN:VCARD
VERSION:4.0
KIND:individual
FN:Anna Müller
N:Müller;Anna;;;
TEL;VALUE=uri;TYPE="voice,home";PREF=1:tel:+49-221-12345;ext=12
EMAIL;PREF=1:anna@x.de
ADR;LABEL="Weg 1: hinten; links";TYPE=home:;;Weg 1;Bonn;;53111;Germany
BDAY:19800513
LANG;TYPE=work:de
GENDER:F
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1
END:VCARD
"""


def opened(tmp_path: Path, content: str | bytes, encoding: str = "utf-8"):
    path = tmp_path / "contacts.vcf"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return open_table(path)


def entries(table):
    return [
        {name: cell for name, cell in zip(table.header, row.cells, strict=True) if cell}
        for row in table.rows()
    ]


def test_version_2_1_with_quoted_printable_and_bare_types(tmp_path):
    (found,) = entries(opened(tmp_path, V21.replace("\n", "\r\n")))
    assert found == {
        "Last name": "Müller",
        "First name": "Jörg",
        "Name prefix": "Dr.",
        "Full name": "Dr. Jörg Müller",
        "Mobile": "0171 1234567",
        "Phone (work)": "0221/12345",
        "E-mail (home)": "joerg@x.de",
        "Street (work)": "Hauptstraße 5",
        "City (work)": "Köln",
        "Postcode (work)": "50667",
        "Country (work)": "Deutschland",
        "Notes": "Zeile eins\nZeile zwei",
    }


def test_version_3_0_with_folds_escapes_and_labels_of_apple(tmp_path):
    (found,) = entries(opened(tmp_path, V30))
    assert found == {
        "Last name": "van der Meulen",
        "First name": "Joost",
        "Middle name": "Peter",
        "Full name": "Joost van der Meulen",
        "Organization": "Gemeente Waterveld",
        "Department": "Verkehr, Radwege",
        "Job title": "Leiter, Planung",
        "E-mail (work)": "J.Meulen@waterveld.example",
        "E-mail (home)": "joost@x.nl",
        "Mobile": "+31 6 555 0190",
        "Phone (work)": "+31 20 555 0191",
        "Fax (work)": "+31 20 555 0192",
        "Street (work)": "Kade 1",
        "Address line 2 (work)": "Etage 3, Hinterhaus",
        "City (work)": "Waterveld",
        "State (work)": "NH",
        "Postcode (work)": "1234 AB",
        "Country (work)": "Niederlande",
        "Street (home)": "Weg 2",
        "City (home)": "Delft",
        "Postcode (home)": "2611",
        "Country (home)": "NL",
        "Birthday": "1980-05-13",
        "Website": "https://waterveld.example",
        "Tags": "Messe; Radwege, Dock",
        "Notes": "Will im Juni Probe fahren; ruft an.\nZweite Zeile",
    }


def test_version_4_0_with_uris_and_quoted_parameters(tmp_path):
    (found,) = entries(opened(tmp_path, V40))
    assert found["Phone (home)"] == "+49-221-12345 ext. 12"
    assert (found["E-mail"], found["Birthday"], found["Gender"]) == ("anna@x.de", "1980-05-13", "F")
    assert (found["Street (home)"], found["Postcode (home)"]) == ("Weg 1", "53111")


def test_birthdays_without_a_year_and_the_group_of_everybody_are_no_values(tmp_path):
    text = (
        "BEGIN:VCARD\nFN:A\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-03-05\nCATEGORIES:myContacts,Messe\nEND:VCARD\n"
    )
    (found,) = entries(opened(tmp_path, text))
    assert found == {"Full name": "A", "Day without year": "03-05", "Tags": "Messe"}


def test_several_cards_share_the_columns_and_keep_their_lines(tmp_path):
    table = opened(tmp_path, V21 + "\n" + V30 + V40)
    assert table.row_count == 3
    assert [row.line for row in table.rows()] == [1, 18, 38]
    assert [row.line for row in table.rows(after=18)] == [38]
    assert table.header[:5] == ["Name prefix", "First name", "Middle name", "Last name", "Full name"]
    assert len(table.sample) == 3
    assert table.sample[1].cells == list(table.rows())[1].cells


def test_several_of_a_kind_get_numbers_and_very_many_share_the_last(tmp_path):
    mails = "".join(f"EMAIL:a{number}@x.de\n" for number in range(500))
    (found,) = entries(opened(tmp_path, f"BEGIN:VCARD\nFN:Anna\n{mails}END:VCARD\n"))
    assert (found["E-mail"], found["E-mail 2"]) == ("a0@x.de", "a1@x.de")
    assert "E-mail 9" not in found
    assert found["E-mail 8"].startswith("a7@x.de; a8@x.de")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_cards_in_other_encodings(tmp_path, encoding):
    (found,) = entries(opened(tmp_path, V40, encoding))
    assert found["Full name"] == "Anna Müller"


def test_broken_cards_are_the_problem_of_their_row(tmp_path):
    broken = "BEGIN:VCARD\nVERSION:3.0\nFN:Cut Off\n"
    empty = "BEGIN:VCARD\nVERSION:3.0\nNOTE:nobody\nEND:VCARD\n"
    rows = list(opened(tmp_path, broken + V30 + empty + V40 + broken).rows())
    said = [str(row.problem) if row.problem else "" for row in rows]
    assert [bool(text) for text in said] == [True, False, True, False, True]
    assert "END:VCARD" in said[0]
    assert "neither a name" in said[2]
    assert "Cut Off" in rows[0].cells


def test_lines_that_are_no_property_belong_to_the_text_before(tmp_path):
    content = "BEGIN:VCARD\nFN:Anna\nNOTE:first line\nsecond line, not folded\n\nTEL:0221 12345\nrubbish\0\nEND:VCARD\n"
    (found,) = entries(opened(tmp_path, content))
    assert found["Notes"] == "first line\nsecond line, not folded"


def test_groups_are_left_out_and_organizations_are_marked(tmp_path):
    group = "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Friends\nEND:VCARD\n"
    company = "BEGIN:VCARD\nVERSION:3.0\nFN:Halden GmbH\nORG:Halden GmbH;\nX-ABShowAs:COMPANY\nEND:VCARD\n"
    table = opened(tmp_path, group + company)
    assert entries(table) == [
        {"Kind": "organization", "Full name": "Halden GmbH", "Organization": "Halden GmbH"}
    ]
    assert [str(remark) for remark in table.remarks] == ["Groups of contacts were left out."]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("FN:Halden GmbH\nX-ABShowAs:COMPANY\nORG:Halden GmbH", "organization"),
        ("KIND:org\nFN:Halden GmbH", "organization"),
        ("N:;;;;\nFN:Halden GmbH\nORG:Halden GmbH;", "organization"),
        ("N:Halden GmbH;;;;\nFN:Halden GmbH\nORG:Halden GmbH", "organization"),
        ("ORG:Halden GmbH", "organization"),
        ("N:Berg;Anna;;;\nFN:Anna Berg\nORG:Halden GmbH", "person"),
        ("FN:Anna Berg\nORG:Halden GmbH", "person"),
        ("FN:Anna Berg", "person"),
        ("EMAIL:anna@example.com", "person"),
    ],
)
def test_a_card_is_that_of_an_organization_where_it_says_so_or_names_nobody(tmp_path, lines, kind):
    (found,) = entries(opened(tmp_path, f"BEGIN:VCARD\nVERSION:3.0\n{lines}\nEND:VCARD\n"))
    assert kind_of(found) == kind


def test_a_file_of_nothing_but_a_beginning(tmp_path):
    table = opened(tmp_path, "BEGIN:VCARD\n")
    assert [bool(row.problem) for row in table.rows()] == [True]
    with pytest.raises(UnreadableFile, match="no contact"):
        opened(tmp_path, "BEGIN:VCARD\nKIND:group\nEND:VCARD\n")


def test_an_endless_note_is_the_problem_of_its_row(tmp_path):
    note = "NOTE:" + "x" * 70 + "\n" + (" " + "y" * 70 + "\n") * 40_000
    (row,) = opened(tmp_path, f"BEGIN:VCARD\nFN:Anna\n{note}END:VCARD\n").rows()
    assert "1,000,000 characters" in str(row.problem)


@pytest.mark.parametrize("text", [V30, V40])
def test_our_reader_finds_what_a_known_library_finds(tmp_path, text):
    (found,) = entries(opened(tmp_path, text))
    theirs = vobject.readOne(text)
    assert found["Full name"] == theirs.fn.value
    assert found["Last name"] == theirs.n.value.family
    mails = {mail.value for mail in theirs.contents["email"]}
    assert mails == {cell for name, cell in found.items() if name.startswith("E-mail")}


def test_thousands_of_cards_in_a_few_seconds(tmp_path):
    start = time.process_time()
    table = opened(tmp_path, V30 * 3_000)
    assert sum(1 for _row in table.rows()) == table.row_count == 3_000
    assert time.process_time() - start < 10


def test_photos_are_left_out_and_it_is_said(tmp_path):
    table = opened(tmp_path, V21)
    assert [str(remark) for remark in table.remarks] == ["Photos of contacts were left out."]
    assert opened(tmp_path, "BEGIN:VCARD\nFN:Anna\nEND:VCARD\n").remarks == []


def test_lines_that_are_folded_within_a_letter_are_whole_again_and_keep_their_numbers(tmp_path):
    ends = b"\r\nEND:VCARD\r\n"
    folded = b"BEGIN:VCARD\r\nFN:J\xc3\r\n \xb6rg M\xc3\r\n \xbcller" + ends
    table = opened(tmp_path, folded + "BEGIN:VCARD\r\nFN:Zoë Łuczak".encode() + ends)
    assert [one["Full name"] for one in entries(table)] == ["Jörg Müller", "Zoë Łuczak"]
    assert [row.line for row in table.rows()] == [1, 6]
