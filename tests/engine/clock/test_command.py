"""`lianzhu clock` as other programs call it."""

import pytest

from lianzhu.cli.main import main


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("add 2026-09-30T16:00 3wd", "2026-10-10T17:30"),
        ("add 2026-12-30T16:00 3wd", "2027-01-04T17:30 provisional"),
        ("add 2027-03-01T09:00 2wh", "2027-03-01T11:00 provisional"),
        ("add 2026-09-30T16:00:30 1wh", "2026-09-30T17:00:30"),
        ("add 2026-09-30 1d", "2026-10-02T00:00"),
        ("add 2026-09-30T16:00 2wh --hours 9:00-12:00,13:00-18:00", "2026-09-30T18:00"),
        ("between 2026-09-30T16:00 2026-10-12T10:00 --unit working-hours", "24"),
        ("between 2026-09-30T16:00 2026-10-12T10:00", "24"),
        ("between 2026-09-30T16:00 2026-09-30T16:10 --unit working-hours", "0.166667"),
        ("between 2026-09-30T16:00 2026-10-12T10:00 --unit working-days", "4"),
        ("between 2026-09-30T16:00 2027-10-12T10:00 --unit days", "377"),
        ("between 2026-12-31T16:00 2027-01-01T09:00 --unit working-hours", "2 provisional"),
    ],
)
def test_answers(line, said, capsys):
    assert main(["clock", *line.split()]) == 0
    assert capsys.readouterr().out == said + "\n"


def test_a_table_of_ones_own(tmp_path, capsys):
    notice = tmp_path / "2027.csv"
    notice.write_text("date,is_work\n2027-01-01,0\n", encoding="utf-8")
    assert main(["clock", "add", "2026-12-30T16:00", "3wd", "--days", str(notice)]) == 0
    assert capsys.readouterr().out == "2027-01-05T17:30\n"


def test_the_table_can_be_taken_out_edited_and_put_back(tmp_path, capsys):
    main(["clock", "days"])
    table = tmp_path / "days.csv"
    table.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["clock", "add", "2026-09-30T16:00", "3wd", "--days", str(table)]) == 0
    assert capsys.readouterr().out == "2026-10-10T17:30\n"


@pytest.mark.parametrize(
    "line",
    [
        "add yesterday 3wd",
        "add 0001-01-01 3wd",
        "add 2026-09-30T16:00 3 ",
        "add 2026-09-30T16:00 3wd --days nowhere.csv",
        "add 2026-09-30T16:00 3wd --hours 9-5",
        "between 2026-09-30T16:00 2026-10-12T10:00+08:00",
    ],
)
def test_bad_input_is_status_2_with_a_sentence(line, capsys):
    assert main(["clock", *line.split()]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("lianzhu clock: ")
    assert said.out == ""
