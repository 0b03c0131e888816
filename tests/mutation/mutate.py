"""Changes one operator or constant of the program at a time and runs the tests, which should notice.

usage: mutate.py [--count N] [--seed N] [--only FILE] [--quick] [--list] [--jobs N] WORK [FOLDER...]

WORK is a folder outside the repository. It gets a copy of the sources, which alone is changed, a build of
it, and `results.tsv`: a line for each mutant with its place, the change, and what became of it.

    killed by TEST    a test failed (or ran out of time)
    survived          every test passed
    equivalent        the programs came out the same, byte for byte
    did not compile

Only the first two count. Mutants are drawn from FOLDER... (src/trace, src/check, src/network and
src/homework where none is named) by the seed, of each file in proportion to its sites. A second run goes
on where the first stopped. --only takes mutants from a file of such lines (of results.tsv, or the table
of survivors.md) and judges them anew; --list prints the mutants and does no more.

Tests that fail without a change are left out. The suites of the changed folder run first, then all other
tests, the quickest first. --quick leaves out slow ones of other things; its survivors should be judged again.
"""
import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["src/trace", "src/check", "src/network", "src/homework"]
UNIT_TESTS = "tests/gradtrace_tests"
PROGRAMS = [UNIT_TESTS, "gradtrace", "tests/fuzz/fuzz_replay"]
MEMORY = 6 << 30  # bytes; a loop that no longer ends must not take the machine's
FIRST_ERROR = "--log_level=error"
SLOW = 3  # seconds
UNWANTED_TESTS = {"installed_example", "every_suite_is_registered", "exported_programs"}  # slow, and of other folders

# What cannot be changed with a visible effect, or not at all: blanked before sites are looked for.
MASKED = re.compile(
    r'//[^\n]*|/\*.*?\*/'                       # comments
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\''  # strings, characters
    r"|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*"           # preprocessor
    r"|\bstatic_assert\b[^;]*;|\bassert\([^;]*;"
    r"|\btemplate <[^\n]*?>(?=\s)|\boperator\s*[^\w\s(]+", re.M | re.S)

BINARY = {  # between blanks, as clang-format sets them; so template brackets, pointers and references are none
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"],
    "<": ["<=", ">"], "<=": ["<", ">"], ">": [">=", "<"], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], "+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="],
}
WORDS = {"std::min": "std::max", "std::max": "std::min", "true": "false", "false": "true",
         "std::min_element": "std::max_element", "std::max_element": "std::min_element",
         "std::ranges::min_element": "std::ranges::max_element", "std::ranges::max_element": "std::ranges::min_element"}
BINARY_SITE = re.compile(r"(?<=\s)(?:[<>=!]=|&&|\|\||[-+*/]=|[-+*/<>])(?=\s)")
NEGATION_SITE = re.compile(r"(?<![\w!])!(?=[\w(*])")
SIGN_SITE = re.compile(r"(?:(?<=[(\[{,?:=])|(?<=[(\[{,?:=] )|(?<=return ))-(?=[\w(])")
WORD_SITE = re.compile(rf"(?<![\w:])(?:{'|'.join(WORDS)})(?!\w)")
NUMBER_SITE = re.compile(r"(?<![\w.])(?:0x[0-9a-fA-F.]+(?:p[-+]?\d+)?|\d+(?:\.\d*)?(?:e[-+]?\d+)?)(?![\w.])")


@dataclass(frozen=True)
class Mutant:
    file: str
    line: int
    column: int
    before: str
    after: str

    @property
    def key(self):
        return f"{self.file}:{self.line}:{self.column}\t{self.before} → {self.after or 'nothing'}"

    def applied(self, text):
        lines = text.split("\n")
        line, at = lines[self.line - 1], self.column - 1
        if not line.startswith(self.before, at):
            raise SystemExit(f"{self.key}: the source is another by now")
        lines[self.line - 1] = line[:at] + self.after + line[at + len(self.before):]
        return "\n".join(lines)


def parsed(line):
    """The mutant of a line of results, or of a row of a Markdown table; None where there is none."""
    found = re.search(r"(src/[\w/.]+):(\d+):(\d+)(?:\t| \| `)([^\s`]+) → (\([^)`]*\)|[^\s`]+)", line.replace("\\|", "|"))
    if not found:
        return None
    file, number, column, before, after = found.groups()
    return Mutant(file, int(number), int(column), before, "" if after == "nothing" else after)


def other_numbers(text):
    if text.startswith("0x"):
        return [f"({text} * 2)"] if "p" in text else [f"({text} + 1)"]
    if text.isdigit():
        return [str(int(text) + 1)]
    return ["1.0"] if float(text) == 0 else [f"({text} * 1.01)", f"({text} * 2)"]


def changes(masked):
    """Yields (offset, before, [after]) of every site."""
    for found in BINARY_SITE.finditer(masked):
        yield found.start(), found[0], BINARY[found[0]]
    for found in WORD_SITE.finditer(masked):
        yield found.start(), found[0], [WORDS[found[0]]]
    for found in NUMBER_SITE.finditer(masked):
        yield found.start(), found[0], other_numbers(found[0])
    for pattern in (NEGATION_SITE, SIGN_SITE):
        for found in pattern.finditer(masked):
            yield found.start(), found[0], [""]


def sites(file):
    """Of every site of a file its possible mutants, in the order of the file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    masked = MASKED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    result = []
    for offset, before, after in sorted(changes(masked)):
        line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
        result.append([Mutant(file, line, column, before, a) for a in after])
    return result


def drawn(folders, count, seed):
    """`count` mutants at as many sites, of each file in proportion to its sites, in a random order."""
    files = sorted(str(f.relative_to(ROOT)) for folder in folders for f in (ROOT / folder).rglob("*.[ch]pp"))
    by_file = {file: sites(file) for file in files}
    total = sum(map(len, by_file.values()))
    chosen, owed = [], 0.0
    chance = random.Random(seed)
    for file, here in by_file.items():
        owed += count * len(here) / total
        share = min(len(here), round(owed))
        owed -= share
        chosen += [chance.choice(site) for site in chance.sample(here, share)]
    chance.shuffle(chosen)
    return chosen, total


@dataclass
class Test:
    name: str
    command: list
    folder: str
    seconds: float  # it takes unchanged
    of: str         # of a suite what it is about, "check/lanes"; else ""

    def is_near(self, file):
        return bool(self.of) and self.of.split("/")[0] == file.split("/")[1]

    def is_quick_for(self, file):
        return self.seconds < SLOW or (self.is_near(file) and self.of.split("/")[1] in file)

    def passes(self, seconds):
        """Whether it ends well within so many seconds; a suite is ended at its first error."""
        command = [FIRST_ERROR if word == "--log_level=message" else word for word in self.command]
        process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True,
                                   stdout=subprocess.PIPE if self.of else subprocess.DEVNULL,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)))
        try:
            if self.of and not ends_silently(process.stdout, seconds):
                return False
            return process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)  # and what it started
                process.wait()
            if process.stdout:
                process.stdout.close()


def ends_silently(stream, seconds):
    """Whether nothing of an error is printed, and the stream ends, within so many seconds."""
    end, seen = time.monotonic() + seconds, b""
    while (left := end - time.monotonic()) > 0:
        if not select.select([stream], [], [], left)[0]:
            return False
        part = os.read(stream.fileno(), 1 << 16)
        if not part:
            return True
        seen += part
        if b"error: in " in seen:
            return False
    return False


def first_failure(tests):
    return next((test for test in tests if not test.passes(10 * test.seconds + 5)), None)


class Build:
    """The copy of the repository, its build, and the tests that pass there unchanged."""

    def __init__(self, work, jobs, quick):
        self.work, self.jobs, self.quick = work, jobs, quick
        self.source, self.build = work / "source", work / "build"
        self.renew_copy()
        if not (self.build / "build.ninja").exists():
            launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
            linker = ["-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld"] if shutil.which("ld.lld") else []
            # Compiled quickly rather than to the last; without the pages' engine, whose sources are the same.
            subprocess.run(["cmake", "-G", "Ninja", "-S", self.source, "-B", self.build, "-DCMAKE_BUILD_TYPE=Release",
                            "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG", "-DEMCC=OFF", *launcher, *linker], check=True, stdout=subprocess.DEVNULL)
        if not self.compiles(PROGRAMS, show=True):
            raise SystemExit("the sources do not compile unchanged")
        self.unchanged = {program: self.fingerprint(program) for program in PROGRAMS}
        self.tests = self.passing_tests()

    def renew_copy(self):
        """Brings the copy up to the repository; what is the same keeps its time."""
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                check=True, capture_output=True, text=True).stdout
        for name in filter(None, listed.split("\0")):
            original, copy = ROOT / name, self.source / name
            if original.is_file() and not (copy.exists() and copy.read_bytes() == original.read_bytes()):
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(original, copy)

    def compiles(self, programs, show=False):
        return subprocess.run(["ninja", "-C", self.build, f"-j{self.jobs}", *programs], stdin=subprocess.DEVNULL,
                              stdout=None if show else subprocess.DEVNULL, stderr=subprocess.STDOUT).returncode == 0

    def fingerprint(self, program):
        return hashlib.sha256((self.build / program).read_bytes()).hexdigest()

    def passing_tests(self):
        """The tests that pass unchanged, the quickest first."""
        kept, state = self.work / "tests.json", [self.unchanged, self.fingerprint_of_tests()]
        if kept.exists():
            known = json.loads(kept.read_text())
            if known["state"] == state:
                return [Test(**test) for test in known["tests"]]
        listed = subprocess.run(["ctest", "--show-only=json-v1"], cwd=self.build, check=True, capture_output=True, text=True).stdout
        suites = dict(re.findall(r"add_suite\((\w+) (\w+/\w+)_test", (self.source / "tests/CMakeLists.txt").read_text()))
        tests = []
        for entry in json.loads(listed)["tests"]:
            if "command" not in entry or entry["name"] in UNWANTED_TESTS:
                continue
            folder = next((p["value"] for p in entry["properties"] if p["name"] == "WORKING_DIRECTORY"), str(self.build))
            test = Test(entry["name"], entry["command"], folder, 0, suites.get(entry["name"], ""))
            start = time.monotonic()
            if test.passes(600):
                test.seconds = round(time.monotonic() - start, 3)
                tests.append(test)
            else:
                print(f"left out, since it fails unchanged: {test.name}", file=sys.stderr)
        tests.sort(key=lambda test: test.seconds)
        kept.write_text(json.dumps({"state": state, "tests": [vars(test) for test in tests]}, indent=1))
        return tests

    def fingerprint_of_tests(self):
        digest = hashlib.sha256()
        for file in sorted((self.source / "tests").rglob("*")):
            if file.is_file() and file.parent.name != "mutation":
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def judge(self, mutant):
        copy = self.source / mutant.file
        original = copy.read_text(encoding="utf-8")
        try:
            copy.write_text(mutant.applied(original), encoding="utf-8")
            if not self.compiles([UNIT_TESTS]):
                return "did not compile"
            first = [test for test in self.tests if test.is_near(mutant.file) and test.is_quick_for(mutant.file)]
            if self.fingerprint(UNIT_TESTS) != self.unchanged[UNIT_TESTS]:
                failed = first_failure(first)
                if failed:
                    return f"killed by {failed.name}"
            if not self.compiles(PROGRAMS):
                return "did not compile"
            if all(self.fingerprint(program) == self.unchanged[program] for program in PROGRAMS):
                return "equivalent"
            failed = first_failure(test for test in self.tests if test not in first and (test.is_quick_for(mutant.file) or not self.quick))
            return f"killed by {failed.name}" if failed else "survived"
        finally:
            copy.write_text(original, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("folders", nargs="*", default=FOLDERS)
    arguments = parser.parse_args()

    if arguments.only:
        mutants = [m for m in map(parsed, arguments.only.read_text(encoding="utf-8").splitlines()) if m]
        heading = f"{len(mutants)} mutants of {arguments.only}"
    else:
        mutants, total = drawn(arguments.folders, arguments.count, arguments.seed)
        heading = f"{len(mutants)} mutants of {total} sites"
    if arguments.list:
        print(*(m.key for m in mutants), heading, sep="\n")
        return

    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    results = work / "results.tsv"
    verdicts = {}
    for line in results.read_text(encoding="utf-8").splitlines() if results.exists() else []:
        key, _, verdict = line.rpartition("\t")
        verdicts[key] = verdict
    build = Build(work, arguments.jobs, arguments.quick)
    print(heading)
    for number, mutant in enumerate(mutants, 1):
        if mutant.key in verdicts and not arguments.only:
            continue
        verdicts[mutant.key] = build.judge(mutant)
        with results.open("a", encoding="utf-8") as stream:
            stream.write(f"{mutant.key}\t{verdicts[mutant.key]}\n")
        print(f"{number}/{len(mutants)}  {mutant.key}\t{verdicts[mutant.key]}", flush=True)
    judged = [verdicts[mutant.key] for mutant in mutants]
    survived, killed = judged.count("survived"), sum(v.startswith("killed") for v in judged)
    print(f"{killed} of {killed + survived} killed, {survived} survived; "
          f"{judged.count('equivalent')} equivalent, {judged.count('did not compile')} did not compile")


main()
