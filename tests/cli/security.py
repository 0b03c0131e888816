"""A stranger's lesson, roster or sheet reaches nothing it should not, and a secret stays one.

usage: security.py PROGRAM
"""
import ast
import csv
import html.parser
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree

from program import Class, files_in

PROGRAM = ""

MARKUP = '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a> "><svg onload=alert(1)>'
FORMULAS = ["=HYPERLINK(A1)", "+1+1", "-1+1", "@SUM(A1)", "a;=1+1;b", "\tx"]


class Markup(html.parser.HTMLParser):
    """The elements of a page, and what in them could run."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.handlers, self.targets = {}, [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements[tag] = self.elements.get(tag, 0) + 1
        for name, value in attributes:
            if name.startswith("on"):
                self.handlers.append((tag, name))
            if name in ("href", "src", "action", "xlink:href"):
                self.targets.append(value or "")


class Security(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.course = Class(PROGRAM, pathlib.Path(self.temporary.name) / "course")

    def tearDown(self):
        self.temporary.cleanup()

    def hostile_lesson(self):
        """The course's lesson with markup wherever a lesson has text."""
        text = json.dumps(MARKUP)
        lesson = (self.course.folder / "lessons/lesson.toml").read_text()
        lesson = lesson.replace('title = "A lesson"', f"title = {text}\nabout = {text}")
        lesson += f"[[question]]\nask = {text}\nchoose = [{text}, {text}]\nanswer = 1\nbecause = {text}\n"
        return lesson

    def test_markup_in_a_lesson_stays_text(self):
        harmless = self.hostile_lesson().replace(json.dumps(MARKUP), '"harmless"')
        pages = []
        for lesson in (harmless, self.hostile_lesson()):
            (self.course.folder / "lessons/lesson.toml").write_text(lesson)
            for words in (["page", "lesson", "-o", "page/"], ["homework", "lesson", "-o", "sheet.html"]):
                self.course.run(*words, "--quiet").check_returncode()
            files = files_in(self.course.folder)
            pages.append({name: Markup(bytes_.decode()) for name, bytes_ in files.items() if name.endswith(".html")})
        self.assertEqual(len(pages[0]), 3)
        for name, page in pages[1].items():
            with self.subTest(name):
                self.assertEqual(page.elements, pages[0][name].elements)
                self.assertEqual(page.handlers, [])
                self.assertFalse([target for target in page.targets if target.lower().startswith(("javascript:", "data:", "//", "http"))], page.targets)

    def test_markup_and_formulas_from_a_class_stay_text(self):
        self.course.hand_in()
        sheet = (self.course.folder / "sheets/ada.csv").read_text()
        names = [MARKUP, *FORMULAS]
        for number, name in enumerate(names):
            cell = '"' + name.replace('"', '""') + '"'
            (self.course.folder / f"sheets/x{number}.csv").write_text(sheet.replace(",ada,", f",{cell},"))
        with open(self.course.folder / "class.csv", "w", newline="") as file:
            csv.writer(file).writerows([["student", "name", "email", "id"], *([name, name, name, name] for name in names)])
        outputs = ["--feedback", "out/", "--report", "class.html", "--gradebook", "marks.csv", "--junit", "marks.xml"]
        for roster in ([], ["--roster", "class.csv", "--secret-file", "secret"]):
            result = self.course.run("grade", "sheets", *outputs, *roster, "--format", "json", "--show-answers")
            self.assertEqual(result.returncode, 0, result.stderr)
            json.loads(result.stdout)
            xml.etree.ElementTree.parse(self.course.folder / "marks.xml")
            table = (self.course.folder / "marks.csv").read_text()
            for separator in (",", ";", "\t"):
                for row in csv.reader(io.StringIO(table), delimiter=separator):
                    self.assertFalse([cell for cell in row if cell[:1] in ("=", "+", "@", "\t")], row)
            pages = {name: bytes_.decode() for name, bytes_ in files_in(self.course.folder).items() if name.endswith(".html")}
            self.assertGreater(len(pages), len(names))
            for name, text in pages.items():
                page = Markup(text)
                self.assertEqual((page.handlers, page.elements.get("script", 0), page.elements.get("img", 0)), ([], 0, 0), name)
        # Sheets dealt to them are safe to open as well.
        result = self.course.run("homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", "dealt2/", "--key", "keys2/")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(files_in(self.course.folder / "dealt2")), len(names))
        for name, bytes_ in files_in(self.course.folder / "dealt2").items():
            for row in csv.reader(io.StringIO(bytes_.decode())):
                self.assertFalse([cell for cell in row if cell[:1] in ("=", "+", "@", "\t")], name)

    def test_nothing_of_a_lesson_runs_in_an_exported_program(self):
        lesson = (self.course.folder / "lessons/lesson.toml").read_text()
        titles = ["'coding: raw_unicode_escape \\u000aimport os\\u000a#'", '"coding: nonsense"', '"\\"\\"\\"import os"']
        names = ["plain.toml", "x\\u000aimport os\\u000a#.toml", "x\nimport os\n#.toml", "a$(id)`id`'b.toml"]
        for title in titles:
            for name in names:
                (self.course.folder / name).write_text(lesson.replace('"A lesson"', title))
                for framework in ("numpy", "pytorch", "jax"):
                    with self.subTest(f"{title}, {name}, {framework}"):
                        program = self.course.run("export", "./" + name, "--to", framework)
                        self.assertEqual(program.returncode, 0, program.stderr)
                        tree = ast.parse(program.stdout.encode())  # as Python reads a file: in the coding it names
                        imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
                        self.assertNotIn("os", imports)

    def test_names_of_files_steer_no_terminal(self):
        folder, odd = self.course.folder, "x\x1b]0;t\x07\x1b[31m\u202ered"
        (folder / f"lessons/{odd}.toml").write_text((folder / "lessons/lesson.toml").read_text())
        self.course.run("homework", "lesson", "-o", f"{odd}.csv", "--key", f"key-{odd}.csv").check_returncode()
        name = f"lessons/{odd}.toml"
        for words in (["lessons"], ["run", name], ["run"], ["golden", name, "--update", "--force"], ["golden", name], ["golden"], ["trace", name], ["check", name],
                      ["check", "lesson", "--against", f"key-{odd}.csv"], ["check", name, "--against", f"none-{odd}.csv"], ["why", name, "C"], ["paths", name, "--from", "w[1][0,0]"],
                      ["homework", name, "--roster", "class.csv", "--secret-file", f"new-{odd}", "-o", f"sheets-{odd}/"], ["grade", f"{odd}.csv", f"key-{odd}.csv"],
                      ["grade", f"key-{odd}.csv"], ["practice", "lesson", "--sheet", f"{odd}.csv"], ["audit", name], ["export", name, "--to", "c"],
                      ["page", name, "-o", f"page-{odd}/"], ["new", f"new-{odd}.toml"], ["trace", f"none-{odd}.toml"], ["trace", f"none-{odd}"]):
            with self.subTest(words[0], words=words[1:]):
                result = self.course.run(*words)
                shown = result.stdout + result.stderr
                self.assertFalse([c for c in shown if c in "\x1b\x07\u202e"], ascii(shown[:400]))

    def test_a_run_overwrites_nothing_it_reads(self):
        self.course.hand_in()
        folder = self.course.folder
        deal = ["homework", "lessons/lesson.toml", "--roster", "class.csv", "--secret-file", "secret.csv"]
        (folder / "secret.csv").write_text((folder / "secret").read_text())
        (folder / "class.csv").write_text("student\nada\nsecret\nclass\n")
        (folder / "w.csv").write_text("1,2\n3,4\n")
        lesson = (folder / "lessons/lesson.toml").read_text()
        (folder / "data.toml").write_text(lesson.replace("[[0.4, 0.45], [0.5, 0.55]]", '{file = "w.csv"}'))
        (folder / "link.csv").symlink_to("w.csv")
        for words in ([*deal, "-o", ".", "--key", "keys/"], [*deal, "-o", "new", "--key", "new/"], ["grade", "sheets", "--gradebook", "sheets/ada.csv"],
                      ["grade", "sheets", "-o", "sheets/ben.csv"], ["grade", "sheets/ada.csv", "-o", "lessons/lesson.toml"],
                      ["trace", "./data.toml", "-o", "w.csv"], ["trace", "./data.toml", "-o", "link.csv"], ["trace", "./data.toml", "-o", "data.toml"],
                      ["golden", "./data.toml", "--golden", "w.csv", "--update", "--force"], ["golden", "./data.toml", "--golden", "data.toml", "--update", "--force"],
                      ["homework", "lesson", "-o", "same.csv", "--key", "./same.csv"]):
            with self.subTest(words):
                before = files_in(folder)
                result = self.course.run(*words)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertRegex(result.stderr, "has been read or written by this run, and is not overwritten|is to hold two outputs of this run|is no sheet of this lesson|is a sheet, or was handed in for one|holds something else than a golden file")
                self.assertEqual(before, files_in(folder))

    def test_names_lead_nowhere(self):
        names = ["../../up", "/etc/hosts", "..", ".", "con", "a/b", "a\\b", "x" * 300, ".hidden", "-o", " "]
        with open(self.course.folder / "class.csv", "w", newline="") as file:
            csv.writer(file).writerows([["student"], *([name] for name in names if name.strip())])
        before = files_in(self.course.folder)
        result = self.course.run("homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", "dealt/")
        after = files_in(self.course.folder)
        if result.returncode == 0:
            self.assertEqual(len(files_in(self.course.folder / "dealt")), len(names) - 1)
        self.assertTrue(all(name in before or name.startswith("dealt/") for name in after))
        self.assertEqual(sorted(path.name for path in self.course.folder.parent.iterdir()), ["course"])

    def test_the_secret_appears_nowhere(self):
        secret = "correct horse battery staple 1234567"
        (self.course.folder / "secret").write_text(secret + "\n")
        self.course.hand_in()
        (self.course.folder / "sheets/bad.csv").write_text("no sheet at all")
        secret_parts = ("horse", "battery", "staple", secret.encode().hex())
        swapped = ["--roster", "secret", "--secret-file", "class.csv"]
        right = ["--roster", "class.csv", "--secret-file", "secret"]
        for words in (["grade", "sheets", *right, "--feedback", "out/", "--report", "class.html", "--gradebook", "marks.csv", "--junit", "marks.xml", "--show-answers"],
                      ["grade", "sheets", *right, "--format", "json"], ["grade", "sheets", *swapped], ["homework", "lesson", *swapped, "-o", "x/"],
                      ["grade", "secret", "--lesson", "lesson"], ["grade", "sheets", "--golden", "secret"], ["golden", "lesson", "--golden", "secret"],
                      ["check", "lesson", "--against", "secret"], ["homework", "secret"], ["trace", "secret"], ["trace", "./secret"]):
            result = self.course.run(*words)
            for part in secret_parts:
                self.assertNotIn(part, result.stdout + result.stderr, words)
        for name, bytes_ in files_in(self.course.folder).items():
            for part in secret_parts:
                self.assertTrue(name == "secret" or part not in bytes_.decode(), name)

    def test_a_new_secret_is_for_its_owner_alone(self):
        os.umask(0)
        self.course.run("homework", "lesson", "--roster", "class.csv", "--secret-file", "new", "-o", "x/").check_returncode()
        self.assertEqual((self.course.folder / "new").stat().st_mode & 0o777, 0o600)

    def test_a_sheet_brings_no_lesson_of_its_own(self):
        self.course.hand_in()
        sheets = self.course.folder / "sheets"
        sheet = (sheets / "ada.csv").read_text()
        (sheets / "mine.toml").write_text((self.course.folder / "lessons/lesson.toml").read_text())
        for named in ("mine.toml", "mine", "./mine.toml", str(sheets / "mine.toml"), "../lessons/lesson.toml"):
            (sheets / "ada.csv").write_text(sheet.replace(",lesson,", f",{named},"))
            with self.subTest(named):
                result = self.course.run("grade", "ada.csv", "--format", "json", cwd=sheets)
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertEqual(json.loads(result.stdout)["score"] if result.stdout.strip() else 0, 0)

    def test_outputs_do_not_follow_links_out_of_their_folder(self):
        self.course.hand_in()
        victim = pathlib.Path(self.temporary.name) / "victim"
        for words, planted in ((["homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", "out/"], "out/ada.csv"),
                               (["homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", "x/", "--key", "out/"], "out/ada.csv"),
                               (["grade", "sheets", "--feedback", "out/"], "out/ada.html"),
                               (["page", "lesson", "-o", "out/"], "out/index.html"),
                               (["golden", "lesson", "--update", "--force"], "golden/lesson.csv")):
            with self.subTest(planted):
                victim.write_text("mine")
                place = self.course.folder / planted
                place.parent.mkdir(exist_ok=True)
                place.unlink(missing_ok=True)
                place.symlink_to(victim)
                result = self.course.run(*words)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertRegex(result.stderr, "is a link that leads out of the folder|is no sheet of this lesson|is no feedback")
                self.assertEqual(victim.read_text(), "mine")


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
