"""The same input gives the same bytes: on every run, for every --jobs, locale, time zone and working folder.

usage: same_bytes.py PROGRAM LESSONS
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from program import Class, files_in

PROGRAM, LESSONS = "", ""


def commands(course, lesson):
    """Everything that writes, with where it goes as {out}; files are named in full, since the folder changes."""
    grading = ["grade", f"{course}/sheets", "--roster", f"{course}/class.csv", "--secret-file", f"{course}/secret"]
    return {
        "run": ["run", lesson, "-o", "{out}/x"],
        **{f"trace {form}": ["trace", lesson, "--format", form, "-o", "{out}/x"] for form in ("text", "markdown", "csv", "json", "dot", "svg")},
        "check": ["check", lesson, "--all", "-o", "{out}/x"],
        "check json": ["check", lesson, "--format", "json", "-o", "{out}/x"],
        "all methods": ["check", f"{LESSONS}/07-two-outputs.toml", "--method", "all", "-o", "{out}/x"],
        "sample": ["check", lesson, "--sample", "20", "-o", "{out}/x"],
        "probe": ["check", lesson, "--probe", "-o", "{out}/x"],
        "mutate": ["check", lesson, "--mutate", "-o", "{out}/x"],
        "audit": ["audit", lesson, "-o", "{out}/x"],
        "export": ["export", lesson, "--to", "pytorch", "-o", "{out}/x"],
        "sheet": ["homework", lesson, "-o", "{out}/x", "--key", "{out}/y"],
        "deal": ["homework", f"{course}/lessons/lesson.toml", "--roster", f"{course}/class.csv", "--secret-file", f"{course}/secret", "-o", "{out}/s", "--key", "{out}/k"],
        "grade": [*grading, "--lesson", f"{course}/lessons/lesson.toml", "--feedback", "{out}/f", "--report", "{out}/r", "--gradebook", "{out}/g", "--junit", "{out}/j", "-o", "{out}/x"],
        "page": ["page", lesson, f"{course}/lessons/lesson.toml", "-o", "{out}/"],
    }


class SameBytes(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.course = Class(PROGRAM, self.folder / "course")
        self.course.hand_in()
        self.elsewhere = self.folder / "elsewhere"
        self.elsewhere.mkdir()

    def tearDown(self):
        self.temporary.cleanup()

    def outcome(self, words, **options):
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        result = subprocess.run([PROGRAM, *(word.replace("{out}", str(out)) for word in words)],
                                **{**dict(cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=120), **options})
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout, result.stderr, files_in(out)

    def locales(self):
        """German and Turkish, whose commas and capitals are others; made here where their sources are installed."""
        for name in ("de_DE", "tr_TR"):
            made = subprocess.run(["localedef", "-i", name, "-f", "UTF-8", str(self.folder / f"{name}.UTF-8")], capture_output=True, check=False)
            yield {"LOCPATH": str(self.folder) if made.returncode == 0 else "", "LC_ALL": f"{name}.UTF-8", "LANG": f"{name}.UTF-8"}

    def test_runs_locales_time_zones_and_folders(self):
        settings = {
            "again": {},
            "another time zone": {"env": {**os.environ, "TZ": "Pacific/Kiritimati"}},
            "another folder": {"cwd": self.elsewhere},
            "a wider terminal's environment": {"env": {**os.environ, "TERM": "xterm-256color", "LINES": "50"}},
        }
        for locale in self.locales():
            settings[locale["LC_ALL"]] = {"env": {**os.environ, **locale}}
        for lesson in ("07-two-outputs", "14-softmax", "06-whole-dataset"):
            for name, words in commands(self.course.folder, f"{LESSONS}/{lesson}.toml").items():
                usual = self.outcome(words)
                self.assertTrue(any(usual[2].values()), name)
                for setting, options in settings.items():
                    with self.subTest(f"{name}, {lesson}, {setting}"):
                        self.assertEqual(self.outcome(words, **options), usual)

    def test_jobs(self):
        for lesson in ("07-two-outputs", "06-whole-dataset", "10-relu", "18-digits"):
            for form in ("text", "json", "csv"):
                check = ["check", f"{LESSONS}/{lesson}.toml", "--format", form, "-o", "{out}/x", *(["--parameters"] if lesson == "18-digits" else [])]
                usual = self.outcome([*check, "--jobs", "1"])
                for jobs in ("2", "3", "7", "64"):
                    with self.subTest(f"check {lesson} --format {form} --jobs {jobs}"):
                        self.assertEqual(self.outcome([*check, "--jobs", jobs]), usual)
        grade = commands(self.course.folder, "")["grade"]
        usual = self.outcome([*grade, "--jobs", "1"])
        for jobs in ("2", "3", "7", "64"):
            with self.subTest(f"grade --jobs {jobs}"):
                self.assertEqual(self.outcome([*grade, "--jobs", jobs]), usual)


if __name__ == "__main__":
    PROGRAM, LESSONS = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))
    unittest.main()
