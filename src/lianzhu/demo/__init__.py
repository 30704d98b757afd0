"""The fictional town: everything the demonstration shows before anybody has typed a word.

Owns: the town of 128 invented firms (`town.town`), the people who work with it (`people`), and the messy workbooks in
which the town's offices would send it (`workbooks.write_workbooks`). Nothing here is real: the district code 000000 and
the telephone prefix 000 exist nowhere, people are called 赵某甲, and every sheet says 虚构演示数据.

May import: the library and the engine. Imported by the command line alone; it brings no web framework with it.
Start reading in `town.py`; `trades.py` says what is made, `sheets.py` and `mess.py` say how offices write it down.
"""
