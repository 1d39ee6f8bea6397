"""Runs a program that tells in its log, on SIGUSR1, what each of its threads and tasks waits for.

    python say_where.py program.py …
"""

import asyncio
import faulthandler
import runpy
import signal
import sys


def say_where(*_) -> None:
    faulthandler.dump_traceback()
    try:
        tasks = asyncio.all_tasks(asyncio.get_running_loop())
    except RuntimeError:
        return
    for task in tasks:
        task.print_stack(limit=6)
    sys.stderr.flush()


signal.signal(signal.SIGUSR1, say_where)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
