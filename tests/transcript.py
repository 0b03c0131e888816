"""Runs the commands of a transcript with the real program and compares what they print.

usage: transcript.py [--update] PROGRAM FILE

A transcript holds lines `$ command` (run by sh in a scratch copy of the lessons, `gradtrace` being the
program under test), the output expected (standard output and error together), and, where a command ends
with another status than 0, a line `[exit N]`. A line `...` stands for any number of lines. In a Markdown file the transcripts
are its ```console blocks. Numbers are compared by value where both sides are numbers: to one unit of
the last digit shown, and errors of the order of rounding (below 1e-8) not at all, since their digits
depend on the processor. With --update a file that is no Markdown is rewritten with what was printed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e[-+]\d+)?")
ROUNDING = 1e-8  # relative errors, bounds and the like: their digits are the processor's own


def blocks(text, markdown):
    """Yields [(command, [expected lines], status)] of each transcript."""
    if markdown:
        for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
            yield from steps(block)
    else:
        yield from steps(text)


def steps(text):
    command, expected, status = None, [], 0
    for line in text.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command, expected, status
            command, expected, status = line[2:], [], 0
        elif re.fullmatch(r"\[exit \d+\]", line):
            status = int(line[6:-1])
        elif command is not None:
            expected.append(line)
    if command is not None:
        yield command, expected, status


def run(command, program, folder):
    path = os.path.dirname(os.path.abspath(program)) + os.pathsep + os.environ["PATH"]
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "COLUMNS", "NO_COLOR")}
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment | {"PATH": path, "LC_ALL": "C.UTF-8"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
    return done.stdout.rstrip("\n").splitlines(), done.returncode


def step_of(number):
    """One unit of the last digit of a number as written."""
    mantissa, _, exponent = number.partition("e")
    places = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - places)


def same(expected, printed):
    words = [NUMBER.sub("#", line) for line in (expected, printed)]
    if [" ".join(w.split()) for w in words][0] != [" ".join(w.split()) for w in words][1]:
        return False
    for x, y in zip(NUMBER.findall(expected), NUMBER.findall(printed)):
        if x == y:
            continue
        if "." not in x + y and "e" not in x + y:
            return False  # counts and indices are exact
        a, b = (float(n.replace("−", "-")) for n in (x, y))
        if abs(a) < ROUNDING and abs(b) < ROUNDING:
            continue
        if abs(a - b) > 1.001 * max(step_of(x), step_of(y)):
            return False
    return True


def matches(expected, printed):
    """Whether the lines match, `...` standing for any number of them."""
    if not expected:
        return not printed
    if expected[0] == "...":
        return any(matches(expected[1:], printed[i:]) for i in range(len(printed) + 1))
    return bool(printed) and same(expected[0], printed[0]) and matches(expected[1:], printed[1:])


def main():
    arguments = sys.argv[1:]
    update = arguments[:1] == ["--update"]
    program, file = arguments[update:]
    with open(file, encoding="utf-8") as stream:
        text = stream.read()
    failures, count, renewed = 0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        for shared in ("lessons", "golden"):
            if os.path.isdir(shared):
                shutil.copytree(shared, os.path.join(folder, shared))
        for command, expected, status in blocks(text, file.endswith(".md")):
            count += 1
            while expected and not expected[-1]:
                expected.pop()
            printed, ended = run(command, program, folder)
            renewed.append("\n".join(["$ " + command, *printed] + ([f"[exit {ended}]"] if ended else [])))
            if ended == status and matches(expected, printed):
                continue
            failures += 1
            print(f"$ {command}\n--- expected [exit {status}]", *expected, f"--- printed [exit {ended}]", *printed, sep="\n")
    if update:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write("\n\n".join(renewed) + "\n")
        return
    print(f"{file}: {count - failures} of {count} commands print what they should")
    sys.exit(failures > 0 or count == 0)


sys.setrecursionlimit(100000)
main()
