"""Exports lessons as programs for another framework, runs these, and holds what they print against gradtrace.

usage: exported.py PROGRAM LESSONS [FRAMEWORK...]

FRAMEWORK is numpy unless given; the programs for all others are compiled, not run. Beside the shipped lessons
there are networks over every activation and cost. Every number must agree to 1e-12.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ACTIVATIONS = ["identity", "sigmoid", "tanh", "relu", "leaky-relu", "softplus", "silu", "gelu", "softmax"]
COSTS = {
    "squared-error": ACTIVATIONS,
    "half-squared-error": ["gelu"],
    "mean-squared-error": ["silu", "softmax"],
    "binary-cross-entropy": ["sigmoid", "softmax"],
    "cross-entropy": ["sigmoid", "softmax", "softplus"],
}
FRAMEWORKS = ["numpy", "pytorch", "jax"]
TOLERANCE = "1e-12"


def networks():
    """Lessons, each three layers wide and two examples long, so that every activation is hidden and last once."""
    for cost, lasts in COSTS.items():
        for last in lasts:
            hidden = ACTIVATIONS[(len(cost) + ACTIVATIONS.index(last)) % len(ACTIVATIONS)]
            text = f'title = """{cost}, "quoted"\\\\ {last}"""\n[network]\ninputs = 3\ncost = "{cost}"\n'
            for layer, (activation, neurons) in enumerate([(hidden, 4), ("tanh", 2), (last, 3)]):
                text += f'[[layer]]\nactivation = "{activation}"\nneurons = {neurons}\n'
                text += "alpha = 0.2\n" if activation == "leaky-relu" else ""
                text += f'weights = {{random = "normal", scale = 0.4, seed = {layer + 1}}}\nbiases = {{random = "uniform", seed = {layer}}}\n'
            text += '[[example]]\ninput = [1, -2, 0.5]\ntarget = [1, 0, 0]\n[[example]]\ninput = [0.25, 3, -1]\ntarget = [0, 0.5, 0.5]\n'
            yield f"{cost}-{last}", text


# A softmax beside its targets: how wrong is infinite, and all that the slopes leave of it is 2.
SATURATED = """title = "saturated"
[network]
inputs = 1
cost = "binary-cross-entropy"
[[layer]]
activation = "softmax"
weights = [[0], [0]]
biases = [2000, 0]
[[example]]
input = [1]
target = [0, 1]
"""

# A sigmoid whose logarithm has a digit left only as it is taken from z, and one that is 0 as a double.
FITTED = SATURATED.replace("binary-cross-entropy", "cross-entropy").replace("softmax", "sigmoid").replace("[2000, 0]", "[37, -800]").replace("[0, 1]", "[1, 0.5]")

# Weights that make how wrong it is infinite, before a unit that is shut.
FAR = """title = "far"
[network]
inputs = 1
cost = "squared-error"
[[layer]]
activation = "relu"
weights = [[-1]]
biases = [0]
[[layer]]
activation = "identity"
weights = [[1e200]]
biases = [0]
[[layer]]
activation = "identity"
weights = [[1e200]]
biases = [0]
[[example]]
input = [1]
target = [1]
"""


def says_what_is_no_number(program, folder):
    """Whether a program that prints nan says so beside it."""
    lesson, source = pathlib.Path(folder, "far.toml"), pathlib.Path(folder, "far.py")
    lesson.write_text(FAR)
    subprocess.run([program, "export", lesson, "--to", "numpy", "-o", source], check=True)
    printed = subprocess.run([sys.executable, source], capture_output=True, text=True)
    numbers = printed.stdout.count("nan")
    good = printed.returncode == 0 and numbers > 0 and printed.stderr.startswith(f"{numbers} of these are not a number (nan)")
    print(f"{'✓' if good else '✗'} {numbers} numbers that are none: {printed.stderr}")
    return good


def main():
    program, shipped, *run = sys.argv[1:]
    run = run or ["numpy"]
    lessons = sorted(pathlib.Path(shipped).resolve().glob("*.toml"))
    failed = compared = 0
    with tempfile.TemporaryDirectory() as folder:
        compared += 1
        failed += not says_what_is_no_number(program, folder)
        for name, text in [*networks(), ("saturated", SATURATED), ("fitted", FITTED)]:
            lessons.append(pathlib.Path(folder, name + ".toml"))
            lessons[-1].write_text(text)
        for lesson in lessons:
            for framework in FRAMEWORKS:
                source = os.path.join(folder, "lesson.py")
                subprocess.run([program, "export", lesson, "--to", framework, "-o", source], check=True)
                compile(pathlib.Path(source).read_text(), f"{lesson.stem} for {framework}", "exec")
                if framework not in run:
                    continue
                begin = time.monotonic()
                theirs = os.path.join(folder, "theirs.csv")
                with open(theirs, "w") as out:
                    printed = subprocess.run([sys.executable, source], stdout=out, stderr=subprocess.PIPE, text=True)
                checked = subprocess.run([program, "check", lesson, "--against", theirs, "--tolerance", TOLERANCE, "--width", "100"],
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                compared += 1
                good = printed.returncode == 0 and not printed.stderr and checked.returncode == 0
                failed += not good
                print(f"{'✓' if good else '✗'} {framework:8} {lesson.stem:36} {time.monotonic() - begin:5.1f} s")
                if not good:
                    print(printed.stderr + checked.stdout)
    print(f"{compared} programs run, {failed} failed")
    return 1 if failed or not compared else 0


sys.exit(main())
