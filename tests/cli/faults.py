"""The program where the system fails it: full disks, closed pipes, folders that must not be written to, no environment.

usage: faults.py PROGRAM
"""
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from program import Class, files_in

PROGRAM = ""

# Every command that writes results, with where they go as {out}; those into a folder apart.
TO_A_FILE = {
    "run": ["run", "lesson", "-o", "{out}"],
    "trace": ["trace", "lesson", "-o", "{out}"],
    "trace csv": ["trace", "lesson", "--format", "csv", "-o", "{out}"],
    "trace json": ["trace", "lesson", "--format", "json", "-o", "{out}"],
    "trace svg": ["trace", "lesson", "--format", "svg", "-o", "{out}"],
    "check": ["check", "lesson", "-o", "{out}"],
    "check json": ["check", "lesson", "--format", "json", "-o", "{out}"],
    "sweep": ["check", "lesson", "--sweep", "dC/dw[1][0,0]", "-o", "{out}"],
    "why": ["why", "lesson", "delta[1][0]", "-o", "{out}"],
    "paths": ["paths", "lesson", "--from", "w[1][0,0]", "-o", "{out}"],
    "homework": ["homework", "lesson", "-o", "{out}"],
    "key": ["homework", "lesson", "--key", "{out}", "-o", "/dev/null"],
    "grade": ["grade", "sheets", "--roster", "class.csv", "--secret-file", "secret", "-o", "{out}"],
    "gradebook": ["grade", "sheets", "--gradebook", "{out}", "-o", "/dev/null"],
    "junit": ["grade", "sheets", "--junit", "{out}", "-o", "/dev/null"],
    "report": ["grade", "sheets", "--report", "{out}", "-o", "/dev/null"],
    "gradescope": ["grade", "sheets/ada.csv", "--gradescope", "{out}", "-o", "/dev/null"],
    "export": ["export", "lesson", "--to", "numpy", "-o", "{out}"],
    "audit": ["audit", "lesson", "-o", "{out}"],
    "page": ["page", "lesson", "-o", "{out}"],
    "lessons": ["lessons", "-o", "{out}"],
}
TO_A_FOLDER = {
    "homework": ["homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", "{out}/", "--quiet"],
    "page": ["page", "lesson", "-o", "{out}/", "--quiet"],
    "feedback": ["grade", "sheets", "--feedback", "{out}/", "-o", "/dev/null", "--quiet"],
}


def words(command, out):
    return [word.replace("{out}", str(out)) for word in command]


def as_nobody():
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


def no_larger_than(limit):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


class Faults(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.class_ = Class(PROGRAM, pathlib.Path(self.folder.name, "course"))
        self.class_.hand_in()

    def tearDown(self):
        subprocess.run(["chmod", "-R", "u+w", self.folder.name], check=True)
        self.folder.cleanup()

    def stopped(self, result, message):
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(message, result.stderr)
        self.assertNotIn("gradtrace: error: stopped", result.stderr)

    def test_a_device_that_is_full(self):
        for name, command in TO_A_FILE.items():
            with self.subTest(name):
                self.stopped(self.class_.run(*words(command, "/dev/full")), "/dev/full: error: no space left on device")

    def test_both_files_of_a_sheet_or_none(self):
        result = self.class_.run("homework", "lesson", "-o", "alone.csv", "--key", "/dev/full")
        self.stopped(result, "/dev/full: error: no space left on device")
        self.assertFalse((self.class_.folder / "alone.csv").exists())

    def test_standard_output_that_is_full(self):
        for name, command in TO_A_FILE.items():
            if "/dev/null" in command or name == "page":  # which has to be told where to go
                continue
            with self.subTest(name), open("/dev/full", "w") as full:
                self.stopped(self.class_.run(*command[:command.index("-o")], stdout=full), "standard output: error: no space left on device")
        for command in (["--help"], ["--version"], ["trace", "--help"]):
            with self.subTest(command):
                reading, writing = os.pipe()
                os.close(reading)
                self.assertEqual(self.class_.run(*command, stdout=writing).returncode, 0)
                os.close(writing)
            with self.subTest(command), open("/dev/full", "w") as full:
                self.stopped(self.class_.run(*command, stdout=full), "standard output")

    def test_a_file_that_may_grow_no_larger(self):
        for name, command in TO_A_FILE.items():
            with self.subTest(name):
                out = self.class_.folder / "out"
                out.write_text("old")
                before = files_in(self.class_.folder)
                self.stopped(self.class_.run(*words(command, "out"), preexec_fn=no_larger_than(10)), "file too large")
                self.assertEqual(files_in(self.class_.folder), before)

    def test_a_folder_on_a_full_disk(self):
        for name, command in TO_A_FOLDER.items():
            with self.subTest(name):
                before = files_in(self.class_.folder)
                self.stopped(self.class_.run(*words(command, "out/of/it"), preexec_fn=no_larger_than(10)), "file too large")
                self.assertEqual(files_in(self.class_.folder), before)
                self.assertFalse((self.class_.folder / "out").exists(), "an empty folder is left")

    def test_standard_output_that_is_full_beside_other_outputs(self):
        before = files_in(self.class_.folder)
        with open("/dev/full", "w") as full:
            result = self.class_.run("grade", "sheets", "--gradebook", "marks.csv", "--feedback", "new/", "--report", "class.html", stdout=full)
        self.stopped(result, "standard output: error: no space left on device")
        self.assertEqual(files_in(self.class_.folder), before)

    def test_signals_reach_who_waits_for_a_reader(self):
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            while True:
                os.write(writing, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writing, True)
        process = subprocess.Popen([PROGRAM, "grade", "sheets/ada.csv", "--feedback", "new/"], cwd=self.class_.folder, stdout=writing)
        while not (self.class_.folder / "new").exists() and process.poll() is None:
            pass
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=20), -signal.SIGTERM)
        self.assertFalse((self.class_.folder / "new").exists())
        os.close(reading)
        os.close(writing)

    def test_a_set_with_one_of_its_own_inputs_is_refused_whole(self):
        (self.class_.folder / "out.txt").write_text("old")
        (self.class_.folder / "sheets/odd.csv").write_text("nothing")
        before = files_in(self.class_.folder)
        result = self.class_.run("grade", "sheets/ada.csv", "sheets/odd.csv", "--gradebook", "sheets/odd.csv", "-o", "out.txt", "--junit", "marks.xml")
        self.stopped(result, "sheets/odd.csv: error: has been read")
        self.assertEqual(files_in(self.class_.folder), before)

    def test_no_mark_takes_the_place_of_none(self):
        old = ["marks.csv", "class.html", "feedback/odd.md", "feedback/odd.html"]
        (self.class_.folder / "feedback").mkdir()
        for name in old:
            (self.class_.folder / name).write_text("old")
        (self.class_.folder / "odd.csv").write_text("nothing")
        for words in (["grade"], ["grade", "odd.csv"], ["grade", "odd.csv", "none.csv"]):
            with self.subTest(words), open("/dev/null") as nothing:
                result = self.class_.run(*words, "--gradebook", "marks.csv", "--report", "class.html", "--feedback", "feedback/", "--junit", "marks.xml", stdin=nothing)
                self.assertEqual(result.returncode, 2, result.stderr)
                for name in old:
                    self.assertEqual((self.class_.folder / name).read_text(), "old")
        self.assertIn("odd.csv", (self.class_.folder / "marks.xml").read_text())  # what went wrong is written all the same
        self.assertIn("none of 2 sheets could be graded", result.stderr)

    def test_a_link_in_a_circle_is_not_replaced(self):
        loop = self.class_.folder / "loop.toml"
        loop.symlink_to("loop.toml")
        (self.class_.folder / "folder.toml").mkdir()
        for words in (["run", "lesson", "-o", "loop.toml"], ["golden", "lesson", "--update", "--force", "--golden", "loop.toml"], ["new", "loop.toml", "--force"], ["run", "loop.toml"]):
            with self.subTest(words):
                self.stopped(self.class_.run(*words), "loop.toml: error: too many levels of symbolic links")
                self.assertTrue(loop.is_symlink())
        self.stopped(self.class_.run("run", "folder.toml"), "folder.toml: error: is a directory")

    def test_what_no_other_file_can_replace(self):
        """Asked before anything of the set is there."""
        folder, fixed = self.class_.folder, self.class_.folder / "fixed"
        fixed.mkdir()
        (fixed / "marks.csv").write_text("old")
        (folder / "mounted.csv").write_text("old")
        ways = (("mounted.csv", ["mount", "--bind", "class.csv", "mounted.csv"], ["umount", "mounted.csv"], "is mounted there by itself"),
                ("fixed/marks.csv", ["chattr", "+a", "fixed/marks.csv"], ["chattr", "-a", "fixed/marks.csv"], "may only be appended to"),
                ("fixed/marks.csv", ["chattr", "+a", "fixed"], ["chattr", "-a", "fixed"], "is in a folder from which nothing can be removed"))
        done = 0
        for name, fix, loosen, message in ways:
            if shutil.which(fix[0]) is None or subprocess.run(fix, cwd=folder, capture_output=True).returncode != 0:
                continue
            done += 1
            try:
                before = files_in(folder)
                result = self.class_.run("grade", "sheets", "--gradebook", name, "--report", "new.html", "-o", "new.txt", "--feedback", "feedback/")
                self.stopped(result, f"{name}: error: {message}")
                self.assertEqual(files_in(folder), before)
            finally:
                subprocess.run(loosen, cwd=folder, check=True)
        if done == 0:
            self.skipTest("nothing can be mounted or made append-only here")

    def test_a_name_that_stands_for_an_open_file(self):
        file = self.class_.folder / "log"
        for name in ("/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1", "/dev/stdout"):
            file.write_text("kept\n")
            with self.subTest(name), open(file, "a") as log:
                self.assertEqual(self.class_.run("why", "lesson", "C", "-o", name, stdout=log).returncode, 0)
            self.assertTrue(file.read_text().startswith("kept\nC = "), file.read_text())

    def test_two_outputs_to_standard_output(self):
        for key in ("-", "/dev/stdout", "/dev/fd/1"):
            self.stopped(self.class_.run("homework", "lesson", "--key", key), "is to hold two outputs of this run")

    def test_no_descriptors_left(self):
        if "ASAN_OPTIONS" in os.environ:
            self.skipTest("a sanitizer needs descriptors of its own")
        few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6))
        sheets = self.class_.folder / "many"
        sheets.mkdir()
        for i in range(200):
            shutil.copy(self.class_.folder / "sheets/ada.csv", sheets / f"{i}.csv")
        result = self.class_.run("grade", "many", "--lesson", "lesson", "--jobs", "64", "--format", "ndjson", preexec_fn=few)
        if result.returncode == 0:  # never more than a few at once
            self.assertNotIn("too many open files", result.stdout)
        else:
            self.stopped(result, "too many open files")

    def test_files_of_others_in_a_folder_for_all(self):
        if os.getuid() != 0:
            self.skipTest("only root can make files of others")
        keys = self.class_.folder / "keys"
        keys.mkdir()
        keys.chmod(0o1777)
        (keys / "ada.csv").write_text("old")
        (keys / "ada.csv").chmod(0o666)
        for path in (self.class_.folder, *self.class_.folder.parents):
            if path == pathlib.Path(tempfile.gettempdir()):
                break
            path.chmod(0o777)
        before = files_in(self.class_.folder)
        result = self.class_.run("homework", "lesson", "--roster", "class.csv", "--secret-file", "new", "-o", "new-sheets/", "--key", "keys", "--force", preexec_fn=as_nobody)
        self.stopped(result, "keys/ada.csv: error: operation not permitted")
        self.assertEqual(files_in(self.class_.folder), before)

    def test_a_signal_leaves_no_new_folder(self):
        for name, command in TO_A_FOLDER.items():
            out = self.class_.folder / "new"
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPROF, signal.SIGRTMIN):
                with self.subTest(name, signal=number):
                    process = subprocess.Popen([PROGRAM, *words(command, "new/of/it")], cwd=self.class_.folder)
                    while process.poll() is None and not out.exists():
                        pass
                    process.send_signal(number)
                    process.wait()
                    left = [path for path in out.rglob("*") if path.is_file()]
                    self.assertTrue(left or not out.exists(), "an empty folder is left")
                    shutil.rmtree(out, ignore_errors=True)

    def test_a_disk_that_fills_up_in_the_middle(self):
        lengths = [len(bytes_) for bytes_ in files_in(self.class_.folder / "sheets").values()]
        keys = ["homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "--quiet"]
        # One sheet too long: those before it were written.
        limit = sorted(lengths)[-1] - 1
        before = files_in(self.class_.folder)
        self.stopped(self.class_.run(*keys, "-o", "new/", "--key", "other/", preexec_fn=no_larger_than(limit)), "file too large")
        self.assertEqual(files_in(self.class_.folder), before)

    def test_golden_files_on_a_full_disk(self):
        self.class_.run("golden", "lesson", "--update", "--force").check_returncode()
        before = files_in(self.class_.folder)
        lesson = self.class_.folder / "lessons/lesson.toml"
        lesson.write_text(lesson.read_text().replace("0.15", "0.16"))
        self.stopped(self.class_.run("golden", "lesson", "--update", "--force", preexec_fn=no_larger_than(10)), "file too large")
        self.assertEqual(files_in(self.class_.folder / "golden"), {"lesson.csv": before["golden/lesson.csv"]})

    def become_nobody(self):
        """Root may do everything; what it must not do is asked as somebody else, with a program he can reach."""
        os.chmod(self.folder.name, 0o755)
        self.class_.program = shutil.copy(PROGRAM, self.folder.name)
        try:
            self.class_.run("--version", preexec_fn=as_nobody)
        except PermissionError:
            self.skipTest("the folder for temporary files is root's alone")

    def test_folders_that_must_not_be_written_to(self):
        self.become_nobody()
        subprocess.run(["chmod", "-R", "a+rX,a-w", self.folder.name], check=True)
        for commands, out in ((TO_A_FILE, "new"), (TO_A_FOLDER, "new")):
            for name, command in commands.items():
                with self.subTest(name):
                    self.stopped(self.class_.run(*words(command, out), preexec_fn=as_nobody), "permission denied")
        self.assertFalse((self.class_.folder / "new").exists())
        self.stopped(self.class_.run("golden", "lesson", "--update", "--force", preexec_fn=as_nobody), "permission denied")

    def test_files_that_must_not_be_read(self):
        self.become_nobody()
        (self.class_.folder / "lessons/lesson.toml").chmod(0)
        self.stopped(self.class_.run("trace", "lesson", preexec_fn=as_nobody), "lessons/lesson.toml: error: permission denied")

    def test_a_reader_who_leaves(self):
        for name, command in TO_A_FILE.items():
            if "/dev/null" in command or name == "page":  # which has to be told where to go
                continue
            with self.subTest(name):
                reading, writing = os.pipe()
                os.close(reading)
                result = self.class_.run(*command[:command.index("-o")], stdout=writing)
                os.close(writing)
                self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_a_reader_who_leaves_does_not_stop_the_other_files(self):
        for words, files in ((["grade", "sheets", "--gradebook", "marks.csv", "--junit", "marks.xml", "--report", "class.html", "--feedback", "out/"],
                              ["marks.csv", "marks.xml", "class.html", "out/hal.html"]), (["homework", "lesson", "--key", "key.csv"], ["key.csv"])):
            with self.subTest(words[0]):
                reading, writing = os.pipe()
                os.close(reading)
                result = self.class_.run(*words, stdout=writing)
                os.close(writing)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                for file in files:
                    self.assertTrue((self.class_.folder / file).exists(), file)

    def test_a_reader_who_leaves_does_not_hide_what_disagrees(self):
        def with_larger_deltas(table):
            rows = [line.split(",") for line in table.splitlines()]
            for cells in rows:
                if cells[1] == "delta":
                    cells[5] = str(2 * float(cells[5]) + 1)
            return "".join(",".join(cells) + "\n" for cells in rows)

        (self.class_.folder / "wrong.csv").write_text(with_larger_deltas(self.class_.run("trace", "lesson", "--format", "csv").stdout))
        sheet = self.class_.folder / "sheets/ada.csv"
        sheet.write_text(with_larger_deltas(sheet.read_text()))
        for command in (["check", "lesson", "--against", "wrong.csv"], ["check", "lesson", "--against", "wrong.csv", "--format", "json"], ["check", "lesson", "--tolerance", "1e-300", "--method", "central"],
                        ["golden", "lesson", "--golden", "wrong.csv"], ["run", "lesson", "--golden", "wrong.csv"], ["grade", "sheets", "--fail-under", "100"]):
            with self.subTest(command):
                told = self.class_.run(*command).returncode
                reading, writing = os.pipe()
                os.close(reading)
                result = self.class_.run(*command, stdout=writing)
                os.close(writing)
                self.assertEqual((result.returncode, result.stderr), (told, ""))
                if "central" not in command:
                    self.assertEqual(told, 1)

    def test_no_standard_streams_at_all(self):
        result = subprocess.run(f"exec '{PROGRAM}' trace lesson <&- >&- 2>&-", shell=True, cwd=self.class_.folder)
        self.assertEqual(result.returncode, 2)
        # What is opened instead must not be taken for standard output.
        result = subprocess.run(f"exec '{PROGRAM}' trace lesson -o out <&- >&-", shell=True, cwd=self.class_.folder)
        self.assertEqual(result.returncode, 0)
        self.assertIn("A lesson", (self.class_.folder / "out").read_text())

    def test_a_closed_stream_is_not_taken_for_a_file_opened_later(self):
        for words, files in ((["homework", "lesson", "--key", "key.csv"], ["key.csv"]),
                             (["grade", "sheets", "--gradebook", "marks.csv", "--format", "ndjson"], ["marks.csv"])):
            for closed in (">&-", "<&- >&-", "<&- >&- 2>&-"):
                with self.subTest(f"{words[0]} {closed}"):
                    result = subprocess.run(["sh", "-c", f'exec "$0" "$@" {closed}', PROGRAM, *words], cwd=self.class_.folder, capture_output=True)
                    self.assertEqual(result.returncode, 2)
                    for file in files:
                        text = (self.class_.folder / file).read_text() if (self.class_.folder / file).exists() else ""
                        self.assertLessEqual(text.count("example,quantity"), 1)
                        self.assertNotIn("gradtrace.grade.v1", text)

    def test_no_environment(self):
        usual = self.class_.run("run", "lesson")
        bare = self.class_.run("run", "lesson", env={})
        strange = self.class_.run("run", "lesson", env={"HOME": "/none", "LANG": "xx_YY.UTF-8", "LC_ALL": "no-such-locale", "TERM": "none", "COLUMNS": "-3", "TMPDIR": "/none"})
        for other in (bare, strange):
            self.assertEqual((other.returncode, other.stdout, other.stderr), (usual.returncode, usual.stdout, usual.stderr))

    def test_a_working_folder_that_is_gone(self):
        gone = pathlib.Path(self.folder.name, "gone")
        gone.mkdir()
        lesson = self.class_.folder / "lessons/lesson.toml"
        result = subprocess.run(f"rmdir ../gone; exec '{PROGRAM}' trace {lesson}", shell=True, cwd=gone, capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        gone.mkdir()
        result = subprocess.run(f"rmdir ../gone; exec '{PROGRAM}' trace lesson -o out", shell=True, cwd=gone, capture_output=True, text=True)
        self.assertEqual(result.returncode, 2)

    def test_practice_keeps_every_answer_when_the_terminal_goes(self):
        table = self.class_.run("trace", "lesson", "--format", "csv", "--only", "delta", "--layer", "2").stdout.splitlines()
        answer = table[-2].rpartition(",")[2]
        with subprocess.Popen([PROGRAM, "practice", "lesson", "--from", "delta[2][0]", "--sheet", "mine.csv"], cwd=self.class_.folder,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            process.stdin.write(f"{answer}\n")
            process.stdin.flush()
            for line in process.stdout:
                if line.startswith("2 of "):
                    break
            process.send_signal(signal.SIGHUP)
        self.assertEqual(process.returncode, -signal.SIGHUP)
        self.assertIn(answer, (self.class_.folder / "mine.csv").read_text())


    def test_practice_leaves_what_others_write_meanwhile(self):
        sheet = self.class_.folder / "shared.csv"
        self.class_.run("homework", "lesson", "-o", "shared.csv")
        table = self.class_.run("trace", "lesson", "--format", "csv", "--only", "delta", "--layer", "2").stdout.splitlines()
        answer = table[-2].rpartition(",")[2]
        with subprocess.Popen([PROGRAM, "practice", "lesson", "--from", "delta[2][0]", "--sheet", "shared.csv"], cwd=self.class_.folder,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                if " of " in line and "delta[2][0]" in line:
                    break
            sheet.write_text(sheet.read_text().replace("0,delta,1,1,,,", "0,delta,1,1,,0.125,"))
            process.stdin.write(f"{answer}\n")
            process.stdin.close()
            process.stdout.read()
        text = sheet.read_text()
        self.assertIn("0,delta,1,1,,0.125,", text)
        self.assertIn(f"0,delta,2,0,,{answer},", text)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(argv=sys.argv[:1] + sys.argv[1:])
