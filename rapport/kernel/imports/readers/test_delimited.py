"""Text tables as they really look."""

import resource
import time
from pathlib import Path

import pytest

from rapport.kernel.imports.readers import UnreadableFile, open_table

HEADER = "Vorname;Nachname;E-Mail;Ort"
ROWS = ["Jörg;Müller;joerg@x.de;Köln", "Zoë;Weiß;zoe@x.de;Düsseldorf", "André;Groß;a@x.de;Münster"]
CELLS = [row.split(";") for row in ROWS]


def written(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def cells(table):
    return [row.cells for row in table.rows()]


def table_of(*lines: str, end: str = "\n") -> str:
    return end.join(lines) + end


@pytest.mark.parametrize(
    ("encoding", "mark", "said"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
        ("cp1252", b"", "Windows-1252"),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "UTF-32"),
        ("mac_roman", b"", "Mac Roman"),
        ("cp850", b"", "DOS (850)"),
    ],
)
def test_every_encoding_is_recognised(tmp_path, encoding, mark, said):
    table = open_table(written(tmp_path, mark + table_of(HEADER, *ROWS).encode(encoding)))
    assert table.facts.encoding == said
    assert table.header == ["Vorname", "Nachname", "E-Mail", "Ort"]
    assert cells(table) == CELLS


@pytest.mark.parametrize(
    ("encoding", "name", "city"),
    [
        ("cp1250", "Łukasz Żółć", "Łódź"),
        ("cp1250", "Jiří Dvořák", "Plzeň"),
        ("cp1251", "Анна Петрова", "Москва"),
    ],
)
def test_eastern_encodings_are_told_from_western(tmp_path, encoding, name, city):
    table = open_table(written(tmp_path, f"Name;City\n{name};{city}\nAnna;Bonn\n", encoding))
    assert cells(table)[0] == [name, city]


def test_letters_of_another_encoding_in_between_survive(tmp_path):
    content = table_of(HEADER, *ROWS * 30).encode() + "Jürgen;Schön;j@x.de;Lübeck\n".encode("cp1252")
    table = open_table(written(tmp_path, content))
    assert cells(table)[-1] == ["Jürgen", "Schön", "j@x.de", "Lübeck"]
    assert "another encoding" in " ".join(map(str, table.remarks))


@pytest.mark.parametrize(
    ("delimiter", "said"),
    [(";", "semicolons"), (",", "commas"), ("\t", "tabs"), ("|", "vertical bars")],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_separator_and_line_end(tmp_path, delimiter, said, end):
    content = table_of(HEADER, *ROWS, end=end).replace(";", delimiter)
    table = open_table(written(tmp_path, content))
    assert said in str(table.facts.delimiter_label)
    assert cells(table) == CELLS
    assert table.row_count == 3


def test_decimal_commas_are_not_taken_for_separators(tmp_path):
    table = open_table(written(tmp_path, "Name;Betrag\nMüller;1,50\nMeier;2,75\nSchulz;3,10\n"))
    assert table.facts.delimiter == ";"
    assert cells(table)[0] == ["Müller", "1,50"]


def test_semicolons_inside_cells_of_a_comma_table(tmp_path):
    table = open_table(
        written(tmp_path, 'Name,E-Mail,City\nAnna,a@x.de; b@x.de,Bonn\n"B, C",c@x.de,"Köln"\n')
    )
    assert cells(table) == [["Anna", "a@x.de; b@x.de", "Bonn"], ["B, C", "c@x.de", "Köln"]]


def test_a_single_column_needs_no_separator(tmp_path):
    table = open_table(written(tmp_path, "E-Mail\na@x.de\nb@x.de\n"))
    assert (table.header, cells(table)) == (["E-Mail"], [["a@x.de"], ["b@x.de"]])
    names = open_table(written(tmp_path, "Name\nMüller, Anna\nMeier, Bert\nSchulz, Carl\n"))
    assert cells(names) == [["Müller, Anna"], ["Meier, Bert"], ["Schulz, Carl"]]


def test_quotes_with_separators_line_ends_and_doubled_quotes(tmp_path):
    content = 'Name;Note\n"Müller ""der Große""; Anna";"one\r\ntwo;three\n\nfour"\nBert;5" pipe\n'
    table = open_table(written(tmp_path, content))
    assert [tuple(row) for row in table.rows()] == [
        (2, ['Müller "der Große"; Anna', "one\r\ntwo;three\n\nfour"], None),
        (6, ["Bert", '5" pipe'], None),
    ]


def test_spaces_between_separator_and_quote(tmp_path):
    table = open_table(
        written(tmp_path, 'Name, City, Note\n"Anna", "Bonn, Beuel", "x"\n"Bert", "Köln", "y"\n')
    )
    assert cells(table)[0] == ["Anna", "Bonn, Beuel", "x"]


def test_the_sep_line_of_excel_rules(tmp_path):
    table = open_table(written(tmp_path, "sep=;\r\nName;City, Land\r\nAnna;Bonn, DE\r\n"))
    assert table.header == ["Name", "City, Land"]
    assert [tuple(row) for row in table.rows()] == [(3, ["Anna", "Bonn, DE"], None)]
    odd = open_table(written(tmp_path, "sep=^\nName^City\nAnna^Bonn\n"))
    assert cells(odd) == [["Anna", "Bonn"]]


def test_empty_lines_and_lines_of_separators_are_left_out(tmp_path):
    content = f"\n\n{HEADER}\n\n{ROWS[0]}\n;;;\n   \n ; ; ;\n{ROWS[1]}\n\n\n"
    table = open_table(written(tmp_path, content))
    assert [row.line for row in table.rows()] == [5, 9]
    assert table.row_count == 2


def test_title_lines_above_the_header_are_left_out(tmp_path):
    content = table_of("Kundenliste;;;", "Stand: 1.3.2026;;;", "", HEADER, *ROWS)
    table = open_table(written(tmp_path, content))
    assert (table.header[0], table.header_line, cells(table)) == ("Vorname", 4, CELLS)
    assert "2 lines above the header were left out." in map(str, table.remarks)


def test_pages_pasted_together_repeat_title_and_header(tmp_path):
    page = table_of("Kundenliste;;;", HEADER, *ROWS)
    table = open_table(written(tmp_path, page * 3))
    assert cells(table) == CELLS * 3
    assert table.repeated_headers == 4
    assert any("repeated" in str(remark) for remark in table.remarks)


def test_names_for_columns_without_or_with_the_same_name(tmp_path):
    table = open_table(written(tmp_path, "Name;;E-Mail;E-Mail;e-mail; Long\n;b;c;d;e;f\n"))
    assert table.header == ["Name", "Column 2", "E-Mail", "E-Mail (2)", "e-mail (3)", "Long"]


def test_a_file_without_header_gets_numbers_and_loses_no_row(tmp_path):
    table = open_table(written(tmp_path, "Anna;a@x.de;0221 12345\nBert;b@x.de;0221 54321\n"))
    assert table.header == ["Column 1", "Column 2", "Column 3"]
    assert (len(cells(table)), table.header_line) == (2, 0)


def test_the_person_may_say_where_the_header_is(tmp_path):
    path = written(tmp_path, "Anna;Müller\nBert;Meier\nCarl;Schulz\n")
    assert cells(open_table(path, header_line=0)) == [
        ["Anna", "Müller"],
        ["Bert", "Meier"],
        ["Carl", "Schulz"],
    ]
    assert open_table(path, header_line=2).header == ["Bert", "Meier"]


def test_short_rows_are_filled_and_long_ones_are_a_problem(tmp_path):
    content = table_of(
        HEADER, "Anna", "Bert;Meier;b@x.de;Bonn;;;", "Carl;Müller, Söhne;c@x.de;Köln;extra", *ROWS
    )
    anna, bert, carl, *_rest = open_table(written(tmp_path, content)).rows()
    assert anna.cells == ["Anna", "", "", ""]
    assert (bert.cells, bert.problem) == (["Bert", "Meier", "b@x.de", "Bonn"], None)
    assert carl.cells[-1] == "extra"
    assert str(carl.problem).startswith("The row has 5 cells, but the header has 4.")


def test_a_header_that_lacks_its_last_names_is_completed(tmp_path):
    table = open_table(written(tmp_path, "Name;City\nAnna;Bonn;1\nBert;Köln;2\nCarl;Ulm;3\n"))
    assert table.header == ["Name", "City", "Column 3"]
    assert all(row.problem is None for row in table.rows())


def test_an_open_quote_costs_one_row_not_the_rest_of_the_file(tmp_path):
    lines = [f'Anna {number};x;y{number}@x.de;"Bonn"' for number in range(5000)]
    lines[2000] = 'Bert;"x;b@x.de;Bonn'
    table = open_table(written(tmp_path, table_of(HEADER, *lines)))
    rows = list(table.rows())
    broken = [row for row in rows if row.problem]
    assert [row.line for row in broken] == [2002]
    assert "never closed" in str(broken[0].problem)
    assert (len(rows), rows[-1].cells[0], rows[-1].line) == (5000, "Anna 4999", 5001)


def test_an_open_quote_near_the_end(tmp_path):
    rows = list(open_table(written(tmp_path, table_of(HEADER, *ROWS, 'Bert;"x;y;z', *ROWS))).rows())
    assert [bool(row.problem) for row in rows] == [False, False, False, True, False, False, False]
    assert rows[-1].cells == CELLS[-1]


def test_thousands_of_open_quotes_do_not_take_for_ever(tmp_path):
    content = table_of(HEADER, *ROWS) + 'Bert;"x;y;z\n' * 30_001
    start = time.process_time()
    rows = list(open_table(written(tmp_path, content)).rows())
    assert len(rows) > 15_000
    assert rows[3].problem
    assert time.process_time() - start < 10


def test_null_characters_are_dropped_with_a_remark(tmp_path):
    table = open_table(written(tmp_path, table_of(HEADER, "An\0na;M\0;a@x.de;Bonn")))
    assert cells(table) == [["Anna", "M", "a@x.de", "Bonn"]]
    assert "null characters" in str(table.remarks[0])


def test_formulas_stay_text_and_text_formulas_become_their_text(tmp_path):
    table = open_table(
        written(tmp_path, 'Name;Note;PLZ\n=1+1;"=HYPERLINK(""http://x"")";="01067"\n+49;@x;\n')
    )
    assert cells(table)[0] == ["=1+1", '=HYPERLINK("http://x")', "01067"]


def test_lines_that_were_quoted_as_a_whole(tmp_path):
    content = '"Name,""City"",Note"\n"Anna,""Bonn, Beuel"",x"\n"Bert,Köln,y"\n'
    table = open_table(written(tmp_path, content))
    assert (table.header, cells(table)[0]) == (["Name", "City", "Note"], ["Anna", "Bonn, Beuel", "x"])


def test_a_cell_of_ten_megabytes_is_the_problem_of_its_row(tmp_path):
    content = table_of(HEADER, ROWS[0], "Bert;" + "x" * 10_000_000 + ";b@x.de;Bonn", ROWS[1])
    rows = list(open_table(written(tmp_path, content)).rows())
    assert [row.problem is None for row in rows] == [True, False, True]
    assert "1,000,000 characters" in str(rows[1].problem)
    assert rows[2].cells == CELLS[1]


def test_rows_can_be_read_from_a_line_on(tmp_path):
    table = open_table(written(tmp_path, table_of(HEADER, *ROWS)))
    assert [row.line for row in table.rows(after=3)] == [4]
    assert [row.line for row in table.rows()] == [2, 3, 4]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n\t\n", "no text in it"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"<!DOCTYPE html><html><table><tr>", "web page"),
        (b'<?xml version="1.0"?><Workbook>', "XML"),
        (bytes(range(256)) * 200, "no text"),
        (b"\x00" * 5000, "no text"),
        (b"x" * 70_000_000, "more than 64 MB"),
    ],
)
def test_what_is_no_table_gets_a_sentence_that_says_what_to_do(tmp_path, content, said):
    with pytest.raises(UnreadableFile, match=said) as caught:
        open_table(written(tmp_path, content))
    assert str(caught.value).count(".") >= 2  # what is wrong, and what to do


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    table = open_table(written(tmp_path, HEADER))
    assert (table.header[0], table.row_count, cells(table)) == ("Vorname", 0, [])


def test_the_facts_are_said_in_plain_words(tmp_path):
    table = open_table(written(tmp_path, table_of(HEADER, *ROWS), "cp1252"))
    assert table.describe() == ["Text file", "3 rows", "4 columns", "separated by semicolons", "Windows-1252"]


def test_a_hundred_thousand_rows_stream_quickly_in_constant_memory(tmp_path):
    line = 'Jörg;Müller;"Müller & ""Söhne"" GmbH";joerg@x.de;0221 4711;Weg 1;50667;Köln;DE;31.12.1980;1.234,56;Notiz\n'
    head = "Vorname;Nachname;Firma;E-Mail;Telefon;Straße;PLZ;Ort;Land;Geburtstag;Umsatz;Notiz\n"
    path = written(tmp_path, head + line * 300_000, "cp1252")
    table = open_table(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    count = sum(1 for _row in table.rows())
    seconds = time.process_time() - start
    assert count == 300_000
    assert abs(table.row_count - 300_000) < 3000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes
    assert count / seconds > 50_000  # alone on a quiet machine it is several times that


@pytest.mark.parametrize("seed", range(40))
def test_whatever_bytes_come_the_answer_is_rows_or_a_sentence(tmp_path, seed):
    import random

    dice = random.Random(seed)
    pieces = [
        b'"',
        b";",
        b",",
        b"\n",
        b"\r",
        b"\t",
        b"\0",
        b"a",
        "ü".encode(),
        b"\xff",
        b"=",
        b"BEGIN:VCARD\n",
        b"1.5",
        b"@",
    ]
    content = b"".join(dice.choice(pieces) for _time in range(dice.randrange(1, 3000)))
    try:
        table = open_table(written(tmp_path, content))
    except UnreadableFile as problem:
        assert str(problem)
        return
    for row in table.rows():
        assert row.problem is not None or len(row.cells) == len(table.header)
