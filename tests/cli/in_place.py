"""What somebody has written is not replaced: filled-in sheets, pages written into, sheets in the place of marks.

usage: in_place.py PROGRAM
"""
import csv
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest

from program import STUDENTS, Class, files_in

PROGRAM = ""


class InPlace(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.course = Class(PROGRAM, pathlib.Path(self.temporary.name) / "course")
        self.folder = self.course.folder
        lesson = (self.folder / "lessons/lesson.toml").read_text()
        (self.folder / "lessons/02-other.toml").write_text(lesson.replace("0.15", "0.16").replace('"delta", "dC/dw"', '"slope"'))
        self.deal = ["homework", "lesson", "--roster", "class.csv", "--secret-file", "secret"]

    def tearDown(self):
        self.temporary.cleanup()

    def makes(self, *words):
        result = self.course.run(*words)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def refuses(self, message, *words):
        before = files_in(self.folder)
        result = self.course.run(*words)
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertIn(message, result.stderr)
        self.assertEqual(files_in(self.folder), before)

    def filled(self, name, answer=lambda row: "0.5"):
        """The lesson's sheet with an answer in each of its blanks."""
        self.makes("homework", "lesson", "-o", name, "--force")
        file = self.folder / name
        rows = [row.split(",") for row in file.read_text().splitlines()]
        for row in rows[1:]:
            row[5] = row[5] or answer(row)
        file.write_text("".join(",".join(row) + "\n" for row in rows))
        return file.read_text()

    def test_no_output_of_homework_replaces_a_filled_in_sheet(self):
        self.makes("homework", "lesson", "--key", "key.csv", "-o", "blank.csv")
        right = {tuple(row.split(",")[:5]): row.split(",")[5] for row in (self.folder / "key.csv").read_text().splitlines()}
        sheets = {"wrong": self.filled("ada.csv"), "right": self.filled("ada.csv", lambda row: right[tuple(row[:5])])}
        sheets["some right"] = self.filled("ada.csv", lambda row: right[tuple(row[:5])] if row[1] == "delta" else "")
        numbered = {name: text.replace(",lesson,,", ",02-other,,") for name, text in sheets.items()}
        other = {f"{name}, called otherwise": text.replace(",02-other,,", f",{called},,") for name, text in numbered.items() for called in ("other", "02-Other", "")}
        broken = {"header misspelt": sheets["wrong"].replace("quantity", "quantiy"), "no header": sheets["wrong"].split("\n", 1)[1], "a quote": sheets["wrong"].replace(",delta,", ',"delta,', 1),
                  "spreadsheet": "PK\x03\x04 and so on", "JSON": '{"format": "gradtrace.trace.v1", "examples": [{"layers": [{"delta": [1, 2]}]}]}',
                  "own columns": "".join(row + ",note\n" for row in (self.folder / "blank.csv").read_text().splitlines()),
                  "a row more": (self.folder / "blank.csv").read_text() + "my answer: 0.5\n",
                  "saved by another program": sheets["wrong"].replace(",", ";"), "an answer said in words": sheets["wrong"].replace("0.5", "half")}
        for name, text in {**sheets, **numbered, **other, **broken}.items():
            for words in (["-o", "ada.csv"], ["--key", "ada.csv"], ["-o", "new.csv", "--key", "ada.csv"], ["-o", "ada.csv", "--format", "html"], ["--key", "ada.csv", "--format", "markdown"]):
                for lesson in ("lesson", "other"):
                    with self.subTest(name, words=words, lesson=lesson):
                        (self.folder / "ada.csv").write_text(text)
                        self.refuses("ada.csv: error: ", "homework", lesson, *words)
        (self.folder / "ada.csv").write_text(sheets["right"])
        self.refuses("ada.csv: error: holds answers; move it away, or name another file (--force replaces it)\n", "homework", "lesson", "-o", "ada.csv")
        self.makes("homework", "lesson", "-o", "ada.csv", "--force")
        self.assertEqual((self.folder / "ada.csv").read_text(), (self.folder / "blank.csv").read_text())

    def test_a_class_that_has_handed_in_is_named_whole_and_nothing_is_dealt(self):
        self.makes(*self.deal, "-o", "handed/", "--key", "keys/")
        for name in STUDENTS:
            sheet = self.folder / "handed" / f"{name}.csv"
            sheet.write_text(sheet.read_text().replace(",delta,2,0,,,", ",delta,2,0,,0.5,"))
        for words in (["-o", "new/", "--key", "handed/"], ["-o", "handed/"], ["-o", "new/", "--key", "handed/", "--format", "csv"]):
            self.refuses("handed/hal.csv: error: holds answers; move it away, or deal into another folder", *self.deal, *words)
        with open(self.folder / "class.csv", "a") as roster:
            for i in range(12):
                roster.write(f"x{i},\n")
                (self.folder / f"handed/x{i}.csv").write_text("mine")
        result = self.course.run(*self.deal, "-o", "handed/")
        self.assertEqual((result.returncode, result.stderr.count(": error: holds answers") + result.stderr.count(": error: is no sheet")), (2, 10))
        self.assertIn("(--force replaces it), and so with 10 more", result.stderr)

    def test_blank_sheets_and_keys_are_renewed(self):
        lesson = self.folder / "lessons/lesson.toml"
        words = [["homework", "lesson", "-o", "sheet.csv", "--key", "key.csv"], [*self.deal, "-o", "sheets/", "--key", "keys/"]]
        for change in (("", ""), ("0.45", "0.46"), ("0.99", "0.98"), ('"delta", "dC/dw"', '"dC/dw"'), ("0.05", "0.06")):
            lesson.write_text(lesson.read_text().replace(*change))
            for each in words:
                self.makes(*each)
        lesson.write_text(lesson.read_text().replace('["dC/dw"', '["delta", "dC/dw"'))
        self.refuses("sheet.csv: error: holds answers, or is of when less was asked", *words[0])
        lesson.write_text(lesson.read_text().replace('["delta", "dC/dw"', '["dC/dw"'))
        sheet = self.folder / "sheet.csv"
        sheet.write_bytes(sheet.read_bytes().replace(b"\n", b"\r\n"))
        self.makes("homework", "other", "-o", "sheet.csv", "--key", "key.csv")
        self.makes("homework", "other", "-o", "new.csv", "--key", "sheet.csv")
        self.refuses("key.csv: error: holds answers", "homework", "other", "-o", "key.csv")
        sheet.write_text("")
        self.makes("homework", "other", "-o", "sheet.csv")

    def test_pages_are_replaced_by_themselves_alone(self):
        for ending, format_ in (("md", "markdown"), ("html", "html")):
            page = self.folder / f"dealt/ada.{ending}"
            words = [*self.deal, "--format", format_, "-o", "dealt/", "--key", f"keys-{ending}/"]
            for _ in range(2):
                self.makes(*words)
            dealt = page.read_text()
            blank = "____________" if ending == "md" else "&nbsp;"
            more, own = "holds more than was dealt", "is no sheet of this lesson"
            filled = dealt.replace(blank, "0.5")
            for text, why in ((dealt + "\ndelta = 0.5\n", more), (dealt.replace(blank, "0.5", 1), more), (filled.replace("\n", "\r\n"), more), ("\ufeff" + filled, more), (dealt.replace("Name: ada", "Name: Ada L."), more),
                              (dealt.replace("## the", "delta = 0.5\n\n## the").replace("<h2>", "0.5<h2>"), more), (filled.replace("\n", ""), more), ("<p>my own</p>", own)):
                page.write_text(text)
                self.refuses("ada", "homework", "lesson", "-o", f"dealt/ada.{ending}") if why == more else None
                self.refuses(f"dealt/ada.{ending}: error: {why}; move it away, or deal into another folder (--force replaces it)", *words)
            page.write_bytes(dealt.encode().replace(b"\n", b"\r\n"))
            self.makes(*words)
            key = self.folder / f"keys-{ending}/ada.{ending}"
            page.write_bytes(key.read_bytes())
            self.refuses(f"dealt/ada.{ending}: error: holds more than was dealt", *words)
            self.makes(*words, "--force")
            self.assertEqual(page.read_text(), dealt)
            lesson = self.folder / "lessons/lesson.toml"
            lesson.write_text(lesson.read_text().replace("lesson", f"{format_} lesson", 1))  # who tries out a lesson deals again and again
            self.makes(*words)
            self.assertNotEqual(page.read_text(), dealt)

    def test_what_is_no_sheet_goes_where_it_was_named_itself(self):
        for words in (["-o", "notes"], ["--key", "notes"], ["-o", "notes", "--format", "html"]):
            (self.folder / "notes").write_text("mine\n")
            self.makes("homework", "lesson", *words)
            self.assertNotEqual((self.folder / "notes").read_text(), "mine\n")

    def test_results_in_the_folder_of_sheets_are_passed_over_as_others_saved_them(self):
        self.course.hand_in()
        lesson = self.folder / "lessons/lesson.toml"
        lesson.write_text(lesson.read_text().replace('"A lesson"', "'A \"lesson\", of; many, many, many, parts'"))
        outputs = ["--gradebook", "sheets/book.csv", "-o", "sheets/marks.txt"]
        self.makes("grade", "sheets", *outputs)
        marks = (self.folder / "sheets/marks.txt").read_text()
        self.makes("grade", "sheets", *outputs)
        self.assertEqual((self.folder / "sheets/marks.txt").read_text(), marks)
        self.makes("grade", "sheets/ada.csv", "-o", "sheets/one.txt")
        self.makes("grade", "sheets/ada.csv", "none.csv", "-o", "sheets/two.txt")
        self.makes("grade", "sheets/ada.csv", "--format", "json", "-o", "sheets/one.json")
        (self.folder / "bad.csv").write_text("none")
        self.makes("grade", "bad.csv", "sheets/ada.csv", "-o", "sheets/bad.txt")
        book = (self.folder / "sheets/book.csv").read_text()
        rows = list(csv.reader(io.StringIO(book)))

        def saved(separator, quoting=csv.QUOTE_MINIMAL, end="\n"):
            text = io.StringIO()
            csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end).writerows(rows)
            return text.getvalue()

        again = {"bom": "\ufeff" + book, "semicolons": saved(";"), "tabs": saved("\t"), "quoted": saved(",", csv.QUOTE_ALL), "crlf": saved(",", end="\r\n"), "cr": saved(";", end="\r"),
                 "sep": "sep=;\r\n" + saved(";", end="\r\n"), "blank": "\n" + book, "capitals": book.replace("Email address", "EMAIL ADDRESS")}
        for name, text in again.items():
            (self.folder / f"sheets/{name}.csv").write_bytes(text.encode())
        (self.folder / "sheets/utf16.csv").write_bytes(saved("\t").encode("utf-16"))
        json_ = (self.folder / "sheets/one.json").read_text()
        (self.folder / "sheets/bom.json").write_text("\ufeff\n" + json_)
        (self.folder / "sheets/blank.json").write_text(" \r\n" + json_)
        (self.folder / "sheets/sorted.json").write_text(json.dumps({"added": "x" * 6000, **json.loads(json_)}))
        self.makes("grade", "sheets/ada.csv", "--width", "20", "-o", "sheets/narrow.txt")
        narrow = self.folder / "sheets/narrow.txt"
        narrow.write_bytes(narrow.read_bytes().replace(b"\n", b"\r\n"))
        result = self.makes("grade", "sheets")
        self.assertEqual(result.stdout, marks)
        passed = {line.split()[0] for line in result.stderr.splitlines() if line.endswith("is a result of grading and is passed over")}
        self.assertEqual(passed, {f"sheets/{name}" for name in os.listdir(self.folder / "sheets")} - {f"sheets/{name}.csv" for name in STUDENTS})

    def test_results_of_grading_replace_no_sheet(self):
        self.course.hand_in()
        sheet = (self.folder / "sheets/ada.csv").read_text()
        self.makes("homework", "lesson", "--format", "html", "-o", "page.html")
        self.makes("homework", "lesson", "--format", "markdown", "-o", "page.md")
        texts = {"sheet": sheet, "semicolons": "sep=;\n" + sheet.replace(",", ";"), "UTF-16": sheet.encode("utf-16"), "header misspelt": sheet.replace("quantity", "quantiy"),
                 "no header": sheet.split("\n", 1)[1], "JSON": '\ufeff{"examples": [{"layers": []}]}', "spreadsheet": "PK\x03\x04", "golden": self.makes("trace", "lesson", "--format", "csv").stdout,
                 "page": (self.folder / "page.html").read_text(), "Markdown": (self.folder / "page.md").read_text(), "Windows": (self.folder / "page.md").read_text().replace("\n", "\r\n"),
                 "empty lines": 5000 * "\n" + sheet}
        for name, text in texts.items():
            (self.folder / "slip.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
            for option in ("--gradebook", "--report", "--junit", "--gradescope", "-o"):
                with self.subTest(name, option=option):
                    self.refuses("slip.csv: error: is a sheet, or was handed in for one, and is not replaced by results; name another file", "grade", option, "slip.csv", "sheets/ben.csv")
        (self.folder / "slip.csv").unlink()
        for option in ("--gradebook", "--report", "--junit", "--gradescope", "-o", "-o --format json"):
            for _ in range(2):
                option, *words = option.split()
                self.makes("grade", option, "marks", "sheets/ben.csv", *words)
            (self.folder / "marks").unlink()

    def test_feedback_replaces_feedback_alone(self):
        self.course.hand_in()
        for format_ in ("html", "markdown"):
            self.makes(*self.deal, "--format", format_, "-o", "sheets/", "--key", f"keys-{format_}/")
        self.refuses("sheets/ada.md: error: is no feedback, and is not replaced by it; move it away, or choose another folder\n"
                     "sheets/ada.html: error: is no feedback", "grade", "sheets", "--feedback", "sheets", "--gradebook", "marks.csv")
        lesson = self.folder / "lessons/lesson.toml"
        for title in ("another **title**", "t" * 20000, "<p>"):
            self.makes("grade", "sheets", "--feedback", "feedback")
            lesson.write_text(lesson.read_text().replace("A lesson", title))

    def test_a_golden_file_replaces_no_sheet(self):
        sheet = self.filled("fs.csv")
        trace = self.makes("trace", "lesson", "--format", "csv").stdout
        for text in (sheet, sheet.replace(",", ";"), "".join(row.rpartition(",")[0] + ",\n" if ",delta," in row else row + "\n" for row in trace.splitlines())):
            (self.folder / "fs.csv").write_text(text)
            for force in ([], ["--force"]):
                self.refuses("fs.csv: error: is a sheet of homework, not a golden file", "golden", "lesson", "--update", "--golden", "fs.csv", *force)
        (self.folder / "fs.csv").write_text(trace)
        self.makes("golden", "lesson", "--update", "--golden", "fs.csv")


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
