"""A warm process that runs pytest in forks of itself: what takes long to import is imported once.

It reads one request a line, as JSON, and answers with two lines: the process that runs the tests,
and its exit code. The tests' output goes to a file.
"""

import importlib
import json
import os
import resource
import signal
import sys


def main() -> None:
    """Import what is named on the command line, then answer requests until there are no more."""
    for name in sys.argv[1:]:
        importlib.import_module(name)
    sys.path.insert(0, os.getcwd())
    for line in sys.stdin:
        request = json.loads(line)
        process = os.fork()
        if process == 0:
            _run(**request)
        print(process, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


def _run(arguments: list[str], output: str, limit: int, coverage_settings: str) -> None:
    """Become the process of these tests, in a group of its own, and end with their exit code.

    It may work for `limit` seconds: those count only what it computes, not how busy others are.
    """
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    import pytest

    if coverage_settings:
        import coverage

        measuring = coverage.Coverage(config_file=coverage_settings)
        with measuring.collect():
            code = pytest.main(arguments)
        measuring.save()
    else:
        code = pytest.main(arguments)
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
