"""Steps of the set-up: commands with one line each on the screen, and all that they say in a log.

Standard library only; part of bootstrap.py.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOG = os.path.join(ROOT, "build", "bootstrap.log")
LINES_SHOWN = 20
LONGEST_LOG = 2000000
SIGN_OF_LIFE_S = 30
MEGABYTES = {"bytes": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}


def say(text):
    """Print one line at once, so that it stands above what a child process prints next."""
    print("bootstrap: " + text, flush=True)


class Progress:
    """One line a step; on a terminal its end tells how far the step is, elsewhere a long step gives signs of life."""

    def __init__(self, title, every_s=SIGN_OF_LIFE_S):
        self.title = title
        self._begin = time.time()
        self._live = sys.stdout.isatty()
        self._words = ""
        self._over = threading.Event()
        self.tell("going on")
        self._teller = threading.Thread(target=self._give_signs_of_life, args=(every_s,), daemon=True)
        if not self._live:
            self._teller.start()

    def _give_signs_of_life(self, every_s):
        """Say now and then, in a line of its own, that the step goes on: pip can be silent for minutes."""
        while not self._over.wait(every_s):
            say(f"{self.title}: {self._words}, {time.time() - self._begin:.0f} s")

    def tell(self, words):
        """Say how far the step is: at once on a terminal, elsewhere with the next sign of life."""
        self._words = words
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            text = f"bootstrap: {self.title}: {words}"
            sys.stdout.write("\r\x1b[K" + text[:width])
            sys.stdout.flush()

    def clear(self):
        """Take the line away again; there are no more signs of life."""
        self._over.set()
        if self._teller.is_alive():
            self._teller.join()
        if self._live:
            sys.stdout.write("\r\x1b[K")

    def end(self, words):
        """Say how the step ended, and after how many seconds."""
        self.clear()
        say(f"{self.title}: {words} after {time.time() - self._begin:.0f} s")


class PipReader:
    """Makes of pip's lines how far it is: packages found, megabytes downloaded, packages to unpack."""

    def __init__(self):
        self.found = set()
        self.megabytes = 0.0

    def words(self, line):
        """Return what to say after a line of pip's, None where it changes nothing."""
        line = line.strip()
        if line.startswith("Installing collected packages"):
            n_packages = line.count(",") + 1
            return f"unpacking {n_packages} packages"
        if line.startswith("Collecting "):
            self.found.add(line.split()[1])
        elif line.startswith("Downloading ") and ".metadata" not in line:
            size = re.search(r"\(([\d.]+) (bytes|kB|MB|GB)\)", line)
            self.megabytes += float(size.group(1)) * MEGABYTES[size.group(2)] if size else 0.0
        else:
            return None
        return f"{len(self.found)} packages found, {self.megabytes:.0f} MB downloaded"


def run_step(title, command, environment=None, words=None, tells_failure=True):
    """Run a command with its output in the log and one line on the screen; return its exit code.

    Parameters
    ----------
    title : str
        What the step is, as the line says it.
    command : list of str
    environment : dict, optional
    words : callable, optional
        Makes of a line of the output what to say on a terminal, None for nothing new.
    tells_failure : bool
        Whether a failure is said; where the caller may try again, it is for the caller to say.
    """
    progress = Progress(title)
    with open_log() as log:
        log.write("\n$ " + " ".join(command) + "\n")
        log.flush()
        try:
            process = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        except OSError as error:
            log.write(str(error) + "\n")
            progress.end("could not be started")
            return 127
        try:
            for raw in process.stdout:
                line = raw.decode("utf-8", "replace")
                log.write(line)
                told = words(line) if words else None
                if told:
                    progress.tell(told)
        finally:
            code = process.wait()  # Ctrl-C reaches it, too; it must not go on behind the next message
        log.write(f"exit code {code}\n")
    if code == 0 or tells_failure:
        progress.end("done" if code == 0 else "failed")
    else:
        progress.clear()
    return code


def open_log():
    """Open the log to add to it; anew where it has grown long."""
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    is_long = os.path.exists(LOG) and os.path.getsize(LOG) > LONGEST_LOG
    return open(LOG, "w" if is_long else "a", encoding="utf-8")


def log_end():
    """Return the last lines of the last command in the log."""
    try:
        with open(LOG, encoding="utf-8") as log:
            lines = log.read().splitlines()
    except OSError:
        return []
    begins = [k for k, line in enumerate(lines) if line.startswith("$ ")]
    last = lines[begins[-1] + 1 :] if begins else lines
    return [line for line in last if line.strip() and not line.startswith("exit code ")][-LINES_SHOWN:]


def show_log_end():
    """Print the last lines of the log, so that a failure can be read without opening it."""
    encoding = sys.stdout.encoding or "ascii"
    for line in log_end():
        print("  | " + line.encode(encoding, "replace").decode(encoding))
    say("all that was said is in " + os.path.relpath(LOG))
