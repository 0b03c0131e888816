"""Fails where a suite is compiled into the test program but not registered with ctest.

usage: registered.py TEST_PROGRAM SUITE...
"""
import subprocess
import sys

program, registered = sys.argv[1], set(sys.argv[2:])
listing = subprocess.run([program, "--list_content"], capture_output=True, text=True, check=True)
suites = {line.rstrip("*") for line in listing.stderr.splitlines() if line and not line.startswith(" ")}
unregistered = sorted(suites - registered)
if unregistered or not suites:
    sys.exit(f"compiled but not registered in tests/CMakeLists.txt: {unregistered}")
print(f"{len(suites)} suites, all registered")
