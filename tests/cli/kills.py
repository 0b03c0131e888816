"""Ends the program by signals at random moments: every output is as it was or complete, and nothing else is left.

usage: kills.py PROGRAM COUNT [FOLDER]

Each of the works below is ended COUNT times in a folder made in FOLDER (the system's for temporary files unless given),
so that it may lie on any file system. What was there before came from another lesson, so that old and new differ.
SIGKILL is not sent where the file system knows no files without names: there it leaves one beside the others.
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from program import STUDENTS, Class, files_in

WORKS = {
    "golden --update": ["golden", "lesson", "--update", "--force"],
    "homework --roster": ["homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", "out/sheets/", "--key", "out/keys/"],
    "grade": ["grade", "sheets", "--roster", "class.csv", "--secret-file", "secret", "--feedback", "out/pages/", "--report", "out/class.html",
              "--gradebook", "out/marks.csv", "--junit", "out/marks.xml", "-o", "out/marks.txt"],
    "page": ["page", "lesson", "-o", "out/site/"],
}
OUTPUTS = ["golden", "out"]


def outputs_of(folder):
    return {f"{name}/{file}": bytes_ for name in OUTPUTS for file, bytes_ in files_in(folder / name).items()}


def nameless_files(folder):
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
        return True
    except OSError:
        return False


class Work:
    """One of the works, with what its outputs were before it and are after it."""

    def __init__(self, program, folder, name):
        self.name, self.words = name, WORKS[name]
        self.before = Class(program, folder / "before", 0.15)
        self.after = Class(program, folder / "after", 0.17)
        for each in (self.before, self.after):
            each.hand_in(answered=each is self.after)
            (each.folder / "out").mkdir()
        self.before.run(*self.words).check_returncode()
        self.old = outputs_of(self.before.folder)
        begin = time.monotonic()
        self.after.run(*self.words).check_returncode()
        self.seconds = time.monotonic() - begin
        self.new = outputs_of(self.after.folder)
        assert self.old.keys() == self.new.keys() and self.old != self.new, "the two must differ, or a torn file would not be seen"

    def start_over(self):
        for name in OUTPUTS:
            shutil.rmtree(self.after.folder / name)
            shutil.copytree(self.before.folder / name, self.after.folder / name)

    def end_once(self, number):
        """Whether the program was still at work; the problems found."""
        self.start_over()
        process = subprocess.Popen(self.after.command(*self.words), cwd=self.after.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, 1.1 * self.seconds))
        process.send_signal(number)
        status = process.wait(timeout=60)
        if number == signal.SIGKILL:
            time.sleep(0.02)  # replacing a file is two steps, which a process of its own takes to their end
        found = outputs_of(self.after.folder)
        problems = [f"left behind: {file}" for file in found.keys() - self.new.keys()]
        problems += [f"gone: {file}" for file in self.new.keys() - found.keys()]
        problems += [f"torn: {file}" for file in found.keys() & self.new.keys() if found[file] not in (self.old[file], self.new[file])]
        if status not in (0, -number):
            problems.append(f"status {status}")
        if status == 0 and found != self.new:
            problems.append("status 0, but not all is new")
        return status != 0, problems


def main():
    program, count = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    where = sys.argv[3] if len(sys.argv) > 3 else None
    random.seed(1)
    bad = 0
    with tempfile.TemporaryDirectory(dir=where) as folder:
        signals = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP] + ([signal.SIGKILL] if nameless_files(folder) else [])
        for index, name in enumerate(WORKS):
            work = Work(program, pathlib.Path(folder, str(index)), name)
            ended, seen = 0, []
            for turn in range(count):
                number = signals[turn % len(signals)]
                at_work, problems = work.end_once(number)
                ended += at_work
                seen += [f"{signal.Signals(number).name}: {problem}" for problem in problems]
            print(f"{name:18} {len(work.new):3} outputs, {work.seconds * 1000:4.0f} ms: ended {ended} of {count} times while at work, {len(seen)} problems")
            for problem in sorted(set(seen)):
                print(f"  {seen.count(problem)} × {problem}")
            bad += len(seen)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
