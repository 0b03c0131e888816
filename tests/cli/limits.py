"""What is too large, endless or no file at all is refused before memory or time is spent on it.

usage: limits.py PROGRAM
"""
import gzip
import itertools
import json
import math
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import unittest

from program import Class, files_in

PROGRAM = ""
# Bytes; what any of these may take at most. Address sanitizers reserve terabytes.
MEMORY = resource.RLIM_INFINITY if "ASAN_OPTIONS" in os.environ else 1 << 30
SECONDS = 600 if "ASAN_OPTIONS" in os.environ else 30  # far more than any needs, on a slow machine

HEAD = 'title = "x"\n[network]\ncost = "squared-error"\n'
NEURON = '[[layer]]\nactivation = "sigmoid"\nweights = [[1]]\nbiases = [0]\n'
EXAMPLE = "[[example]]\ninput = [1]\ntarget = [1]\n"


def drawn(neurons, activation="sigmoid"):
    return f'[[layer]]\nactivation = "{activation}"\nneurons = {neurons}\nweights = {{random = "normal"}}\nbiases = {{random = "normal"}}\n'


def wide(inputs, neurons):
    """A lesson of that many weights, and a data set of one example beside it."""
    return HEAD + f"inputs = {inputs}\n" + drawn(neurons) + drawn(1) + '[dataset]\ninputs = {file = "x.csv"}\ntargets = [[1]]\n'


def with_data(file):
    return HEAD + "inputs = 1\n" + drawn(1) + f'[dataset]\ninputs = {{file = "{file}"}}\ntargets = [[1]]\n'


def bomb(block, times, head=b""):
    """Gzipped bytes that expand to head and then block, so many times."""
    return gzip.compress(head) + gzip.compress(block) * times


class Limits(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def write(self, name, content):
        file = self.folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def refuses(self, message, *words, **options):
        settings = dict(cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)))
        result = subprocess.run([PROGRAM, *map(str, words)], **{**settings, **options})
        text = result.stderr.decode()
        self.assertEqual(result.returncode, 2, text[:500])
        self.assertIn(message, text)

    def lesson_is_refused(self, message, text):
        self.write("lesson.toml", text)
        self.refuses(message, "trace", "./lesson.toml")

    def test_files_too_long(self):
        for name, size in (("long.toml", 65 << 20), ("sheet.csv", 65 << 20), ("class.csv", 65 << 20), ("golden.csv", 257 << 20)):
            with open(self.folder / name, "wb") as file:
                file.truncate(size)  # sparse: nothing of it is read
        self.write("lesson.toml", HEAD + NEURON + EXAMPLE)
        self.refuses("is longer than 64 MB", "trace", "./long.toml")
        self.refuses("is longer than 64 MB", "grade", "sheet.csv", "--lesson", "./lesson.toml")
        self.refuses("is longer than 64 MB", "homework", "./lesson.toml", "--roster", "class.csv", "--secret-file", "s", "-o", "out/")
        self.refuses("is longer than 256 MB", "golden", "./lesson.toml", "--golden", "golden.csv")
        self.refuses("is longer than 256 MB", "check", "./lesson.toml", "--against", "golden.csv")

    def test_lessons_too_deep_or_too_many_layered(self):
        self.lesson_is_refused("maximum nested value depth", HEAD + "x = " + "[" * 100_000 + "]" * 100_000 + "\n")
        self.lesson_is_refused("maximum nested value depth", HEAD + "x = " + "{a = " * 10_000 + "1" + "}" * 10_000 + "\n")
        self.lesson_is_refused("a key of more than 16 parts", HEAD + "a" + ".a" * 100_000 + " = 1\n")
        self.lesson_is_refused("a lesson has at most 256 layers, but here are 257", HEAD + NEURON * 257 + EXAMPLE)

    def test_values_by_the_million(self):
        for values in ("[0]," * 5_000_000, "0," * 9_000_000, "{}," * 5_000_000):
            self.lesson_is_refused("more than 8,000,000 values and tables up to here", HEAD + "x = [" + values + "]\n")
        self.lesson_is_refused("more than 8,000,000 values and tables up to here", HEAD + "[[example]]\n" * 4_100_000)
        self.lesson_is_refused("more than 8,000,000 values and tables up to here", HEAD + "".join(f"[a{i}.b.c.d.e.f.g.h.i.j.k.l]\n" for i in range(750_000)))
        self.write("sheet.csv", "example,quantity,layer,j,k,value\n" + "".join(f",w,{row},0,0,1\n" for row in range(1_000_001)))
        self.refuses("has more than 1,000,000 rows", "grade", "sheet.csv", "--lesson", self.write("lesson.toml", HEAD + NEURON + EXAMPLE))

    def test_networks_too_large(self):
        self.lesson_is_refused("must be a whole number from 1 to 50000000", HEAD + "inputs = 1\n" + drawn(10**9) + EXAMPLE)
        self.lesson_is_refused("weights of layer 2 would be 10000 × 10000, but a lesson may hold 50000000 numbers in all",
                               HEAD + "inputs = 1\n" + drawn(10_000) + drawn(10_000) + EXAMPLE)
        self.lesson_is_refused("the slopes of layer 1 would be 10000 × 10000", HEAD + "inputs = 1\n" + drawn(10_000, "softmax") + drawn(1) + EXAMPLE)

    def test_lessons_too_large_for_what_holds_them_whole(self):
        self.write("x.csv", ",".join(["1"] * 4000) + "\n")
        lesson = self.write("lesson.toml", wide(4000, 3000))
        for words, message in ((["check", lesson], "numbers an example, and a check nudges at most 10000000; --sample N"),
                               (["check", lesson, "--parameters"], "12006001 parameters, and a check nudges at most 10000000"),
                               (["run", lesson], "a check nudges at most 10000000"),
                               (["trace", lesson], "a text is made of at most 10000000"),
                               (["page", lesson, "-o", "out.html"], "a page is made of at most 2000000"),
                               (["homework", lesson], "a sheet has at most 250000"),
                               (["practice", lesson], "a sheet has at most 250000"),
                               (["grade", "x.csv", "--lesson", lesson], "a sheet has at most 250000"),
                               (["audit", lesson], "an audit takes on at most 1000000"),
                               (["export", lesson, "--to", "numpy"], "a program is written with at most 10000000")):
            with self.subTest(words):
                self.refuses(message, *words)
        self.assertFalse((self.folder / "out.html").exists())

    def test_a_reference_of_hours(self):
        asked = '[check]\nmethod = "reference"\n'
        for text in (HEAD + "inputs = 1\n" + drawn(400) * 4 + drawn(1) + EXAMPLE, HEAD + NEURON * 6 + EXAMPLE * 50_000,
                     HEAD + NEURON.replace("[[1]]", "[[1e-250]]") + NEURON + EXAMPLE * 1000):
            lesson = self.write("lesson.toml", text + asked)
            self.refuses("which takes too long for a lesson of this size; use another method", "run", lesson)
            self.refuses("which takes too long for a lesson of this size; use another method", "check", lesson, "--jobs", "2")
        result = subprocess.run([PROGRAM, "check", lesson, "--sample", "1", "--method", "central"], capture_output=True, timeout=SECONDS)
        self.assertEqual(result.returncode, 0, result.stderr)
        # One number of many is no matter of hours.
        lesson = self.write("lesson.toml", HEAD + "inputs = 1\n" + drawn(500) * 3 + drawn(10) + EXAMPLE.replace("target = [1]", f"target = {[1] * 10}"))
        self.refuses("which takes too long", "check", lesson, "--method", "reference")
        result = subprocess.run([PROGRAM, "check", lesson, "--sweep", "dC/dw[3][0,0]"], capture_output=True, timeout=SECONDS)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_data_too_many(self):
        rows = np_header((2_000_000, 1)) + b"\0" * 16_000_000
        self.write("x.npy", rows)
        self.write("y.npy", rows)
        self.lesson_is_refused("would be 2000000 examples, but a lesson may hold 1000000; \"take\" limits them",
                               HEAD + "inputs = 1\n" + drawn(1) + '[dataset]\ninputs = {file = "x.npy"}\ntargets = {file = "y.npy"}\n')

    def test_a_refused_array_takes_no_room(self):
        with open(self.folder / "w.npy", "wb") as file:
            header = np_header((2, 25_000_000)).replace(b"<f8", b"<f4")
            file.write(header + struct.pack("<f", math.nan))
            file.truncate(len(header) + 200_000_000)
        text = HEAD + '[[layer]]\nactivation = "sigmoid"\nweights = {file = "w.npy"}\nbiases = [0, 0]\n' + EXAMPLE.replace("target = [1]", "target = [1, 1]")
        self.lesson_is_refused("row 0, column 0 is nan; only finite numbers are allowed", text)
        result = subprocess.run([PROGRAM, "trace", "./lesson.toml"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(result.stderr.count(": error: "), 1, result.stderr)

    def test_decompression_bombs(self):
        block = 1 << 23
        self.write("rows.csv.gz", bomb(b"1\n" * (block // 2), 70))
        self.write("cell.csv.gz", bomb(b"1" * block, 70))
        self.write("images.idx3-ubyte.gz", bomb(b"\0" * block, 70, struct.pack(">BBBBIII", 0, 0, 8, 3, 5, 10_000, 10_000)))
        self.write("header.npy.gz", bomb(b" " * block, 70, b"\x93NUMPY\x02\x00" + struct.pack("<I", 500_000_000)))
        self.write("array.npy.gz", bomb(b"\0" * block, 70, np_header((1, 70_000_000))))
        self.lesson_is_refused("the text is longer than 512 MB", with_data("rows.csv.gz"))
        self.lesson_is_refused("the cell is too long for a number", with_data("cell.csv.gz"))
        self.lesson_is_refused("the examples have 100000000 numbers", with_data("images.idx3-ubyte.gz"))
        self.lesson_is_refused("the .npy header is damaged", with_data("header.npy.gz"))
        self.lesson_is_refused("the examples have 70000000 numbers", with_data("array.npy.gz"))

    def test_what_is_no_file(self):
        os.mkfifo(self.folder / "pipe.csv")
        os.symlink("pipe.csv", self.folder / "link.csv")
        os.symlink("loop.csv", self.folder / "loop.csv")
        os.symlink("/dev/zero", self.folder / "zero.csv")
        (self.folder / "folder.csv").mkdir()
        lesson = self.write("lesson.toml", HEAD + NEURON + EXAMPLE)
        for name, why in (("pipe.csv", "is not a regular file"), ("link.csv", "is not a regular file"), ("zero.csv", "is not a regular file"),
                          ("loop.csv", "too many levels of symbolic links"), ("none.csv", "no such file"), ("/dev/zero", "is not a regular file"),
                          ("/dev/stdin", "is not a regular file")):
            with self.subTest(name):
                self.refuses(why, "trace", "./" + name if not name.startswith("/") else name)
                self.refuses(why, "grade", name, "--lesson", lesson)
                self.refuses(why, "check", lesson, "--against", name)
                self.refuses("no such golden file" if name in ("none.csv", "loop.csv") else why, "golden", lesson, "--golden", name)
                self.refuses(why, "homework", lesson, "--roster", name, "--secret-file", "s", "-o", "out/")
        self.refuses("is a directory, not a file", "trace", "./folder.csv")
        for name, why in (("pipe.csv", "is not a regular file"), ("link.csv", "is not a regular file"), ("zero.csv", "lies outside the lesson's folder"),
                          ("loop.csv", "too many levels of symbolic links"), ("folder.csv", "is a directory, not a file")):
            with self.subTest(name):
                self.lesson_is_refused(why, with_data(name))

    def test_a_table_with_more_problems_than_are_listed_is_read_to_its_end(self):
        self.write("lesson.toml", HEAD + NEURON + EXAMPLE)
        for command in (["homework", "./lesson.toml", "-o", "sheet.csv", "--key", "key.csv"],):
            subprocess.run([PROGRAM, *command], cwd=self.folder, check=True)
        header, *rows = (self.folder / "key.csv").read_text().splitlines(keepends=True)
        for odd in (["0,delta,1,9,,1,lesson,,\n"] * 150, ["0,nothing,1,9,,1,lesson,,\n"] * 150, rows * 30):
            self.write("odd.csv", "".join([header, *odd, *rows]))
            result = subprocess.run([PROGRAM, "grade", "odd.csv", "--lesson", "./lesson.toml", "--format", "json"], cwd=self.folder, capture_output=True, text=True)
            grade = json.loads(result.stdout)
            self.assertEqual(grade["score"], grade["max_score"], result.stdout[:500])
            self.assertIn("more problems of this table are not listed", result.stdout + result.stderr)

    def test_a_line_without_end(self):
        self.write("sheet.csv", "example,quantity,layer,j,k,value,lesson,student,variant\n0," + "q" * 50_000_000 + ",1,0,0,1,lesson,x,\n")
        result = subprocess.run([PROGRAM, "grade", "sheet.csv", "--format", "json"], cwd=self.folder, capture_output=True, timeout=SECONDS,
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)))
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"unknown quantity", result.stderr)
        self.assertLess(len(result.stdout + result.stderr), 10_000)

    def test_a_table_of_nothing_but_problems(self):
        self.write("lesson.toml", HEAD + NEURON + EXAMPLE)
        self.write("sheet.csv", "example,quantity,layer,j,k,value\n0,delta,1,0,,\"\n" + "a\n" * 5_000_000)
        self.refuses("what comes after line", "run", "./lesson.toml", "--golden", "sheet.csv")
        self.write("sheet.csv", "example,quantity,layer,j,k,value\n0,delta,1,0,,1\n" + "\n" * 8_000_000)
        for words in (["run", "./lesson.toml", "--golden", "sheet.csv"], ["check", "./lesson.toml", "--against", "sheet.csv"], ["grade", "sheet.csv", "--lesson", "./lesson.toml"]):
            self.refuses("more than 8000000 lines", *words)

    def test_a_json_of_many_objects(self):
        self.write("lesson.toml", HEAD + NEURON + EXAMPLE)
        self.write("wide.json", "{" + ",".join(f'"k{i}":{{}}' for i in range(300_000)) + "}")
        self.write("long.json", '{"examples":[' + ",".join('{"layers":[]}' for _ in range(300_000)) + "]}")
        self.write("text.json", '{"format":"' + "x" * 200_000_000 + '"}')
        self.write("escaped.json", '{"format":"' + "\\u00e9" * 20_000_000 + '"}')
        self.write("open.json", '{"format":"' + "\\" * 200_000_001)
        for name in ("text.json", "escaped.json", "open.json"):
            self.refuses("holds a text of more than 65536 bytes", "check", "./lesson.toml", "--against", name)
        for name in ("wide.json", "long.json"):
            self.refuses("holds no number of a trace", "check", "./lesson.toml", "--against", name)
            self.refuses("holds no number of a trace", "grade", name, "--lesson", "./lesson.toml")

    def test_a_class_of_large_sheets(self):
        self.write("lesson.toml", HEAD + "inputs = 200\n" + drawn(200) + drawn(2) + f"[[example]]\ninput = {[0.5] * 200}\ntarget = [0, 1]\n"
                   "[homework]\nblanks = [\"delta[2][0]\"]\nvary = {biases = [-1, 1]}\n")
        self.write("class.csv", "student\n" + "".join(f"student{i}\n" for i in range(2000)))
        self.refuses("2000 students have more than 100000000 together", "homework", "./lesson.toml", "--roster", "class.csv", "--secret-file", "new", "-o", "out/")
        self.assertFalse((self.folder / "new").exists() or (self.folder / "out").exists())

    def test_what_stands_in_the_place_of_a_sheet(self):
        course = Class(PROGRAM, self.folder / "course")
        course.hand_in()
        deal = ["homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", "sheets/"]
        place = course.folder / "sheets/ada.csv"
        sheet = place.read_text()
        with open(place, "wb") as file:
            file.truncate(3 << 30)
        for content in (None, '{"format": "gradtrace.trace.v1"}', "PK\x03\x04", "some notes", sheet.replace(",lesson,", ",another,")):
            if content is not None:
                place.write_text(content)
            before = place.stat()
            result = course.run(*deal)
            self.assertEqual(result.returncode, 2)
            self.assertIn("sheets/ada.csv: error: is no sheet of this lesson; move it away", result.stderr)
            self.assertEqual((before.st_size, before.st_mtime_ns), (place.stat().st_size, place.stat().st_mtime_ns))
        place.write_text(sheet)
        self.assertIn("sheets/ada.csv: error: holds answers; move it away", course.run(*deal).stderr)

    def test_sheets_dealt_again_when_others_are_asked(self):
        """Blank ones are replaced; those with answers in what is asked no more are not."""
        course = Class(PROGRAM, self.folder / "course")
        course.hand_in(answered=False)
        deal = ["homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", "sheets/"]
        lesson, place = course.folder / "lessons/lesson.toml", course.folder / "sheets/ada.csv"
        dealt = place.read_text()
        lesson.write_text(lesson.read_text().replace('"delta", "dC/dw"', '"dC/dw"'))
        self.assertEqual(course.run(*deal).returncode, 0)
        self.assertNotEqual(place.read_text(), dealt)
        delta = next(line for line in dealt.splitlines() if ",delta," in line)
        for answer in ("0.5", "?"):
            place.write_text(dealt.replace(delta, delta.replace(",,lesson", f",{answer},lesson")))
            before = files_in(course.folder)
            result = course.run(*deal)
            self.assertEqual(result.returncode, 2)
            self.assertIn("sheets/ada.csv: error: holds answers, or is of another version of this lesson; move it away", result.stderr)
            self.assertEqual(files_in(course.folder), before)
        rows = dealt.splitlines()
        blank = next(i for i, row in enumerate(rows) if ",delta," in row)
        for more in ({0: ",my answer", blank: ",0.5"}, {blank: ",0.5"}, {blank: "0.5"}):
            place.write_text("".join(row + more.get(i, "") + "\n" for i, row in enumerate(rows)))
            before = files_in(course.folder)
            self.assertEqual(course.run(*deal).returncode, 2, more)
            self.assertEqual(files_in(course.folder), before)
        place.write_text(dealt.replace("\n", "\r\n"))
        self.assertEqual(course.run(*deal).returncode, 0)
        lesson.write_text(lesson.read_text().replace("sigmoid", "tanh"))
        self.assertEqual(course.run(*deal).returncode, 2)

    def test_names_parted_by_nothing_that_is_seen(self):
        result = subprocess.run([PROGRAM, "grade"], cwd=self.folder, input=b"a.csv\0b.csv", capture_output=True)
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn(b"NUL", result.stderr)

    def test_a_class_list_is_no_secret(self):
        self.write("lesson.toml", HEAD + NEURON + EXAMPLE + "[homework]\nvary = {weights = [-1, 1]}\n")
        self.write("class.csv", "student\n" + "".join(f"student{i}\n" for i in range(20)))
        self.refuses("a secret is a file of its own", "homework", "./lesson.toml", "--roster", "class.csv", "--secret-file", "class.csv", "-o", "out/")
        self.write("sheet.csv", "example,quantity,layer,j,k,value\n")
        self.refuses("a secret is a file of its own", "grade", "sheet.csv", "--lesson", "./lesson.toml", "--roster", "class.csv", "--secret-file", "class.csv")

    def test_a_folder_of_sheets_with_other_things_in_it(self):
        course = Class(PROGRAM, self.folder / "course")
        course.hand_in()
        os.mkfifo(course.folder / "sheets/zoe.csv")
        (course.folder / "sheets/folder").mkdir()
        os.symlink("/dev/zero", course.folder / "sheets/zac.csv")
        result = course.run("grade", "sheets", "--roster", "class.csv", "--secret-file", "secret", "--format", "ndjson")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.count("is not a regular file"), 2)
        self.assertEqual(result.stdout.count('"score":12.0'), 8)

    def test_json_too_deep(self):
        lesson = self.write("lesson.toml", HEAD + NEURON + EXAMPLE)
        self.write("open.json", '{"a":' * 200_000)
        self.write("shut.json", "[" * 1_000_000 + "]" * 1_000_000)
        for name in ("open.json", "shut.json"):
            self.refuses(name, "check", lesson, "--against", name)
            self.refuses(name, "grade", name, "--lesson", lesson)

    def test_what_stands_in_a_json_is_not_written_out_in_messages(self):
        lesson = self.write("lesson.toml", HEAD + NEURON + EXAMPLE)
        for text in ('{"format":' + "[" * 100_000 + "]" * 100_000 + "}", '{"examples":[{"example":' + "[" * 100_000 + "]" * 100_000 + "}]}"):
            self.write("deep.json", text)
            self.refuses("more than 32 deep", "check", lesson, "--against", "deep.json")
            self.refuses("more than 32 deep", "grade", "deep.json", "--lesson", lesson)
        self.write("wide.json", '{"examples":[' + "0," * 11_000_000 + "0]}")
        self.refuses("more than 10000000 values", "check", lesson, "--against", "wide.json")

    def test_columns_and_names_by_the_million(self):
        lesson = self.write("lesson.toml", HEAD + NEURON + EXAMPLE + "[homework]\nvary = {weights = [-1, 1]}\n")
        rows = "".join(f",w,{row},0,0,1\n" for row in range(60_000))
        self.write("columns.csv", "example,quantity,layer,j,k,value" + ",x" * 9_000 + "\n" + rows + "no row\n")
        self.refuses("columns.csv", "golden", lesson, "--golden", "columns.csv")
        deal = ["homework", lesson, "--roster", "class.csv", "--secret-file", "s", "-o", "out/"]
        self.write("wide.csv", "example,quantity,layer,j,k,value" + "," * 50_000_000 + "\n")
        for words in (["golden", lesson, "--golden", "wide.csv"], ["check", lesson, "--against", "wide.csv"], ["grade", "wide.csv", "--lesson", lesson]):
            self.refuses("this line has more than 10000 cells", *words)
        self.write("class.csv", "student" + "," * 50_000_000 + "\n1\n")
        self.refuses("this line has more than 10000 cells", *deal)
        self.write("class.csv", "student\n" + "".join(f"{row}\n" for row in range(1_000_000)))
        self.refuses("a roster has at most 100000 students", *deal)
        self.write("class.csv", "student" + ",x" * 9_000 + "\n" + "".join(f"{row}\n" for row in range(20_000)) + "1\n")
        self.refuses("stands in the roster twice", *deal)
        names = "".join("".join(name) + "\n" for name in itertools.islice(itertools.product("!?*", repeat=10), 20_000))
        self.write("class.csv", "student\n" + names + "a\na\n")
        self.refuses("stands in the roster twice", *deal)

    def test_texts_without_end(self):
        story = "a *b* `c` [d](e) \\n" * 100_000
        self.lesson_is_refused("about is 1800000 bytes long, but a text may have 100000", f'about = "{story}"\n' + HEAD + NEURON + EXAMPLE)
        self.lesson_is_refused("more problems are not listed", "".join(f"x{key} = 1\n" for key in range(300_000)) + HEAD + NEURON + EXAMPLE)

    def test_text_of_all_arrays_together(self):
        self.write("bomb.csv.gz", bomb(b"0,0\n" * (1 << 21), 70))
        layer = '[[layer]]\nactivation = "sigmoid"\nweights = {file = "bomb.csv.gz"}\nbiases = {file = "bomb.csv.gz"}\n'
        self.lesson_is_refused("the text is longer than 512 MB", HEAD + layer * 250 + EXAMPLE)

    def test_threads_that_the_system_does_not_allow(self):
        if "ASAN_OPTIONS" in os.environ:
            self.skipTest("a sanitizer needs room of its own")
        course = Class(PROGRAM, self.folder / "course")
        course.hand_in()
        room = 300 << 20  # for the stacks of some
        result = course.run("grade", "sheets", "--roster", "class.csv", "--secret-file", "secret", "--jobs", "1024", "--format", "ndjson",
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (room, room)))
        # Where stacks have taken all there is, memory may be wanting elsewhere; what must not happen is an abort.
        self.assertIn((result.returncode, result.stderr), ((0, ""), (2, "gradtrace: error: not enough memory\n")))
        if result.returncode == 0:
            self.assertEqual(result.stdout.count('"score":12.0'), 8)

    def test_standard_input_without_end(self):
        lesson = self.write("lesson.toml", HEAD + NEURON + EXAMPLE)
        for words in (["grade"], ["practice", lesson]):
            with self.subTest(words), open("/dev/zero", "rb") as zero:
                self.refuses("standard input: error: holds a line of more than 65,000 characters", *words, stdin=zero)


def np_header(shape):
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
