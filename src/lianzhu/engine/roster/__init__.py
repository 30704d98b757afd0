"""Messy spreadsheets in, trustworthy facts out.

Owns: reading workbooks (`reading`, over `package`), what a sheet may hold (`templates`), finding the table and its
columns (`titles`, `mapping`), reading values (`values`), checking rows (`checking`), what would change (`diff`), the
workbooks sent back (`writing`), credit codes (`codes`), and which firm a row means (`names`, `linking`).
May import `lianzhu.library` only. Start reading at `checking.check_file`; the command is `lianzhu roster check`.
"""
