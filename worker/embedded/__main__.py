"""`./dev up`: start the product, show the way in, keep it running until Ctrl-C."""

import argparse
import signal
import subprocess
import sys
import time
from types import FrameType

from worker.embedded import own_services
from worker.embedded.settings import StackSettings, of_up
from worker.embedded.stack import Stack, forget, inherited, only_one
from worker.trouble import Trouble


class Stop(Exception):
    """Somebody asked us to end."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev up", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="forget all state first (asks)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        settings = of_up(inherited())
        with only_one(settings.state):
            if options.fresh and not _forget(settings, sure=options.yes):
                return 1
            own_services.require(settings)
            return _run(Stack(settings, _say))
    except Trouble as trouble:
        _say(str(trouble))
        return 1
    except Stop:
        return 0


def _run(stack: Stack) -> int:
    began = time.monotonic()
    try:
        stack.start()
        _say(f"\nMedia Planner is ready after {time.monotonic() - began:.1f} s:  {stack.dashboard_url}\n")
        demo = _start_demo(stack)
        _say(_next_steps(stack))
        while True:
            time.sleep(0.3)
            stack.supervisor.watch_once()
            demo = _finished(demo)
    except Stop:
        _say("\nStopping ...")
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not cut the tidy end short
        stack.stop()
        _say("Everything is stopped. Your state is kept; ./dev up goes on from here.")


def _start_demo(stack: Stack) -> "subprocess.Popen[bytes] | None":
    """Let the demo workspace go through the main job once; a later start finds it done and says nothing."""
    if stack.sandbox_url is None:
        return None
    command = [sys.executable, "-m", "worker.embedded.main_job"]
    return subprocess.Popen(command, env={**inherited(), **stack.environment}, start_new_session=True)


def _finished(demo: "subprocess.Popen[bytes] | None") -> "subprocess.Popen[bytes] | None":
    code = demo.poll() if demo else None
    if code:
        _say("! The demo workspace is not complete; the lines above say why. ./dev up tries again at its next start.")
    return demo if code is None else None


def _next_steps(stack: Stack) -> str:
    lines = [
        "What to do next",
        f"  1. Open {stack.dashboard_url} - the demo workspace shows campaigns, a plan and its history.",
        '  2. Choose "My workspace" at the left and connect a Drive of your own.',
    ]
    if stack.sandbox_url is not None:
        lines.append(f"  3. Change a number in the sandbox's files at {stack.sandbox_url},")
        lines.append('     then press "Check for changes now" under Campaign files.')
    workflows = f"Workflows: {stack.temporal_ui_url}   " if stack.temporal_ui_url else ""
    lines.append(f"{workflows}Logs: {stack.state / 'logs'}   Stop with Ctrl-C.\n")
    return "\n".join(lines)


def _forget(settings: StackSettings, *, sure: bool) -> bool:
    known = [path for path in settings.state.iterdir() if path.name != "lock"]
    if known and not sure:
        _say(f"This forgets everything in {settings.state}: workspaces, files, plans, history.")
        answer = input("Type yes to go on: ") if sys.stdin.isatty() else ""
        if answer.strip().lower() != "yes":
            _say("Nothing was changed. (Without a terminal, add --yes.)")
            return False
    forget(settings.state)
    return True


def _say(line: str) -> None:
    print(line, flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    given = sys.argv[1:]
    if given[:1] == ["up"]:
        given = given[1:]
    sys.exit(main(given))
