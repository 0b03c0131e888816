"""What the tests of the whole program share: a class's files to work on, and running the program over them."""
import os
import pathlib
import subprocess

LESSON = """title = "A lesson"
[network]
cost = "squared-error"
[[layer]]
activation = "sigmoid"
weights = [[{weight}, 0.2], [0.25, 0.3]]
biases = [0.35, 0.35]
[[layer]]
activation = "sigmoid"
weights = [[0.4, 0.45], [0.5, 0.55]]
biases = [0.6, 0.6]
[[example]]
input = [0.05, 0.10]
target = [0.01, 0.99]
[homework]
blanks = ["delta", "dC/dw"]
vary = {{weights = [-1.0, 1.0], biases = [-0.5, 0.5], inputs = [0.1, 1.0]}}
"""
STUDENTS = ["ada", "ben", "cay", "dov", "eve", "fay", "gus", "hal"]


class Class:
    """A folder with lessons/lesson.toml, class.csv, a secret, and, where asked for, the sheets handed in."""

    def __init__(self, program, folder, weight=0.15):
        self.program, self.folder = program, pathlib.Path(folder)
        (self.folder / "lessons").mkdir(parents=True)
        (self.folder / "golden").mkdir()
        (self.folder / "lessons/lesson.toml").write_text(LESSON.format(weight=weight))
        (self.folder / "class.csv").write_text("student,name\n" + "".join(f"{name},{name.title()}\n" for name in STUDENTS))
        (self.folder / "secret").write_text(f"a secret of {weight} 0123456789abcdef")

    def hand_in(self, answered=True):
        """Every student hands in the answer key, or the sheet as it was dealt."""
        sheets, keys = ("dealt/", "sheets/") if answered else ("sheets/", "keys/")
        self.run("homework", "lesson", "--roster", "class.csv", "--secret-file", "secret", "-o", sheets, "--key", keys, "--quiet").check_returncode()

    def command(self, *words):
        return [self.program, *words]

    def run(self, *words, **options):
        settings = dict(cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, text=True)
        return subprocess.run(self.command(*words), **{**settings, **options})


def files_in(folder):
    """Every file's bytes, by its path."""
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            file = pathlib.Path(path, name)
            found[str(file.relative_to(folder))] = file.read_bytes()
    return found
