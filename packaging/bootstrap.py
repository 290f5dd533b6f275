#!/usr/bin/env python3
"""Set up xanesview in the folder .venv of this checkout, then open it or test it.

Needs nothing but Python's standard library, and not all of that: a bare Debian has python3 without ensurepip.
"""

# Old Pythons must be able to read this file far enough to say that they are too old; so no newer syntax here.

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import system_libraries
from steps import LOG, PipReader, log_end, run_step, say, show_log_end

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "xanesview-stamp.json")
PYPROJECT = os.path.join(ROOT, "pyproject.toml")
CONSTRAINTS = os.path.join(ROOT, "packaging", "constraints.txt")
EXAMPLES = os.path.join(ROOT, "resources", "examples")
HEADLESS_OUT = os.path.join(ROOT, "build", "example")
OLDEST_PYTHON = (3, 11)
TEST_EXTRAS = ("abinitio", "cluster", "explain", "feff", "notebook", "test", "train")
SCREEN = "-screen 0 1600x1000x24"
LOCK_PATIENCE_S, LOCK_PAUSE_S = 600, 10
CRASHES = (4, 6, 7, 8, 11)  # SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, as Linux counts them
NO_TESTS = 5  # of pytest
PANELS = "tests/gui/panels"
AGAIN = 3  # so many tests that failed are tried once more; more of them are no accident
# Packages, MB to download without torch, and GB on the disk with torch's CPU build: sums over the wheels that
# constraints.txt names (Linux, Python 3.11) and over what they unpack to.
SIZES = {"run": (68, 382, 2.3), "test": (124, 573, 3.0)}

EPILOG = """\
examples:
  python3 packaging/bootstrap.py run                   the window with benzene
  python3 packaging/bootstrap.py run my_molecule.cif   the window with a structure of yours
  python3 packaging/bootstrap.py test                  every test
  python3 packaging/bootstrap.py test -k paths -x      arguments go on to pytest

The first run downloads the Python packages (it says how much) and takes minutes; the next ones start in seconds.
What apt and pip say is in build/bootstrap.log.
pip's own settings (PIP_FIND_LINKS, PIP_EXTRA_INDEX_URL, proxies) are honoured.
"""


class BootstrapError(Exception):
    """Something the person at the keyboard can mend: one sentence and a hint."""

    def __init__(self, message, hint=""):
        super().__init__(message)
        self.hint = hint


# ---------------------------------------------------------------- system libraries


def install_command(packages):
    """Return the line that installs Debian packages, as a person would type it."""
    return "sudo apt-get update && sudo apt-get install -y --no-install-recommends " + " ".join(packages)


def provide(needs, debian, root):
    """Make sure that the system meets the needs: install Debian packages as root, else raise with the exact line.

    Parameters
    ----------
    needs : list of system_libraries.Need
    debian : bool
        Whether apt-get and Debian's package names apply.
    root : bool
        Whether this process may install packages.
    """
    missing = system_libraries.missing(needs)
    if not missing:
        return
    names = ", ".join(need.name for need in missing)
    packages = system_libraries.packages_for(missing)
    if not debian:
        raise BootstrapError(
            f"This system lacks {names}.",
            f"Install them with your system's package manager (Debian calls them {' '.join(packages)}).",
        )
    if not root:
        raise BootstrapError(f"This system lacks {names}.", "Type: " + install_command(packages))
    say("system packages (up to about 100 MB): " + " ".join(packages))
    run_apt("list of system packages", ["update"])  # an old list may still do
    code = run_apt("system packages", ["install", "-y", "--no-install-recommends", *packages])
    still_missing = system_libraries.missing(needs)
    if code != 0 or still_missing:
        show_log_end()
        raise BootstrapError(
            "The system packages could not be installed (the end of apt-get's messages is above).",
            "Type: " + install_command(packages),
        )


def run_apt(title, arguments, sleep=time.sleep):
    """Run apt-get; where another program holds its lock, wait for that one to end. Return the exit code.

    apt-get waits for dpkg's lock by itself; for that of the package lists it does not, so it is asked again.
    """
    command = ["apt-get", "-q", "-o", "Dpkg::Use-Pty=0", "-o", f"DPkg::Lock::Timeout={LOCK_PATIENCE_S}"]
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C")
    begin, waits = time.time(), False
    while True:
        code = run_step(title, command + arguments, environment, words=lock_words, tells_failure=False)
        if code == 0:
            return code
        if not any(map(lock_words, log_end())) or time.time() - begin > LOCK_PATIENCE_S:
            say(f"{title}: failed")
            return code
        if not waits:
            say(f"{title}: another program holds apt's lock; waiting until it ends (Ctrl-C stops)")
        waits = True
        sleep(LOCK_PAUSE_S)


def lock_words(line):
    """Return what to say of a line of apt-get's about a lock that another program holds, None for any other."""
    return "waiting for another program" if "Could not get lock" in line or "Unable to lock" in line else None


def may_install():
    """Tell whether this process may install system packages (root on a POSIX system)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def has_display(environment=None):
    """Tell whether a window can be opened, judging by the environment variables of X11 and Wayland."""
    if not sys.platform.startswith("linux"):
        return True
    environment = os.environ if environment is None else environment
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


# ---------------------------------------------------------------- virtual environment


def check_python(version=None):
    """Raise if this Python is too old."""
    version = tuple(sys.version_info[:2]) if version is None else version
    if version >= OLDEST_PYTHON:
        return
    names = [f"python3.{minor}" for minor in (13, 12, 11)]
    found = [name for name in names if shutil.which(name)]
    hint = ("Type: " if found else "Install a newer Python, then type: ") + "{} packaging/bootstrap.py run"
    raise BootstrapError(
        "xanesview needs Python {}.{} or newer; this is {}.{}.".format(*OLDEST_PYTHON, *version),
        hint.format((found or names)[0]),
    )


def venv_python(venv=None):
    """Return the path of the virtual environment's interpreter."""
    venv = VENV if venv is None else venv
    return os.path.join(venv, "Scripts", "python.exe") if os.name == "nt" else os.path.join(venv, "bin", "python")


def is_healthy(venv):
    """Tell whether a virtual environment is whole: its interpreter starts, is new enough and has pip."""
    code = (
        "import importlib.util as i, sys; "
        f"sys.exit(sys.version_info[:2] < {OLDEST_PYTHON} or sys.prefix == sys.base_prefix or not i.find_spec('pip'))"
    )
    try:
        return subprocess.run([venv_python(venv), "-c", code], capture_output=True).returncode == 0
    except OSError:
        return False


def make_venv(venv):
    """Make the virtual environment, anew if an interruption or an upgrade of Python left a broken one."""
    if os.path.lexists(venv):
        say("the virtual environment is incomplete; making it anew")
        shutil.rmtree(venv)
    interpreter = getattr(sys, "_base_executable", None) or sys.executable
    if run_step("virtual environment .venv", [interpreter, "-m", "venv", venv]) != 0 or not is_healthy(venv):
        show_log_end()
        raise BootstrapError(
            "The virtual environment .venv could not be made (the end of Python's messages is above).",
            "Check that this folder is writable and that the disk is not full, then type the same command again.",
        )


def digest(paths, *words):
    """Return a hash of files and words: when it changes, the installation is out of date."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        with open(path, "rb") as stream:
            total.update(stream.read())
    return total.hexdigest()


def read_stamp(path):
    """Return what the last finished installation wrote, or an empty dict."""
    try:
        with open(path, encoding="utf-8") as stream:
            stamp = json.load(stream)
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_current(stamp, wanted_digest, extras):
    """Tell whether an installation's stamp covers the project as it is now, with these extras."""
    return stamp.get("digest") == wanted_digest and set(extras) <= set(stamp.get("extras", []))


def announce_download(python, extras):
    """Say what will be downloaded and about how large it is."""
    probe = [python, "-m", "pip", "install", "-q", "--dry-run", "--no-deps", "--no-index", "-c", CONSTRAINTS, "torch"]
    local_torch = subprocess.run(probe, capture_output=True).returncode == 0
    packages, megabytes, gigabytes = SIZES["test" if extras else "run"]
    say("the Python packages; what pip has not cached is downloaded:")
    say(f"  Qt, VTK, RDKit, SciPy and others ({packages} packages): about {megabytes} MB")
    if local_torch:
        say("  torch: from a local file, nothing to download")
    elif sys.platform.startswith("linux"):
        say("  torch: 0.2 GB as CPU build; the default on Linux brings NVIDIA's CUDA libraries, about 3 GB more.")
        say("  Without an NVIDIA GPU: stop here (Ctrl-C), set PIP_EXTRA_INDEX_URL to the index of CPU builds that")
        say("  PyTorch's installation page names (or PIP_FIND_LINKS to a folder with the wheel), and start again.")
    else:
        say("  torch: about 150 MB")
    say(f"  on the disk: about {gigabytes} GB, with the CUDA libraries 5.5 GB more")


def install(extras):
    """Install the project (editable) with its constraints unless the stamp says that this is done."""
    wanted = digest([PYPROJECT, CONSTRAINTS], ROOT)
    stamp = read_stamp(STAMP)
    if is_current(stamp, wanted, extras):
        return
    extras = sorted(set(extras) | set(stamp.get("extras", [])))
    say("all that apt and pip say goes to " + os.path.relpath(LOG))
    if os.path.exists(STAMP):
        os.remove(STAMP)  # from here until pip has finished, the installation is not to be trusted
    python = venv_python()
    announce_download(python, extras)
    target = ROOT + ("[" + ",".join(extras) + "]" if extras else "")
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    if run_step("Python packages", [*pip, "-c", CONSTRAINTS, "-e", target], words=PipReader().words) != 0:
        show_log_end()
        raise BootstrapError(
            "The Python packages could not be installed (the end of pip's messages is above).",
            "Check the network connection and the free disk space, then type the same command again: "
            "it goes on with what is already there.",
        )
    compile_program(python)
    with open(STAMP, "w", encoding="utf-8") as stream:
        json.dump({"digest": wanted, "extras": extras}, stream)


def compile_program(python):
    """Make the program's byte code: pip does so for what it installs, but not for a project that stays where it is."""
    subprocess.call([python, "-m", "compileall", "-q", os.path.join(ROOT, "xanesview")])


def set_up(extras, needs):
    """Bring system libraries, virtual environment and packages up to date; quick if they are."""
    healthy = is_healthy(VENV)
    if sys.platform.startswith("linux"):
        debian = system_libraries.is_debian_like(system_libraries.read_os_release())
        venv_needs = [] if healthy else system_libraries.python_needs()
        provide(venv_needs + needs, debian, may_install())
    if not healthy:
        make_venv(VENV)
    install(extras)


# ---------------------------------------------------------------- the two commands


def run(arguments):
    """Open the program; with no display, predict the bundled example and write its table and figures."""
    arguments = arguments or ["--example", "benzene"]
    window = has_display()
    set_up((), system_libraries.HEADLESS + (system_libraries.WINDOW if window else []))
    if window:
        return subprocess.call([venv_python(), "-m", "xanesview", *arguments])
    say("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): doing the same job without a window")
    if arguments[0] == "--example" and len(arguments) > 1:
        return run_headless(os.path.join(EXAMPLES, arguments[1] + ".extxyz"))
    return run_headless(arguments[0])


def run_headless(structure):
    """Predict one structure, then draw the table that came out; name every file.

    Parameters
    ----------
    structure : str
        Path of a structure file.
    """
    os.makedirs(HEADLESS_OUT, exist_ok=True)
    stem = os.path.join(HEADLESS_OUT, os.path.splitext(os.path.basename(structure))[0])
    table = stem + ".csv"
    figures = [stem + ".svg", stem + ".png"]
    program = [venv_python(), "-m", "xanesview"]
    steps = [["predict", structure, "--out", table]]
    steps += [["plot", table, "--out", figure] for figure in figures]
    for step in steps:
        say("xanesview " + " ".join(os.path.relpath(word) if os.path.isabs(word) else word for word in step))
        code = subprocess.call(program + step)
        if code != 0:
            return code
    say("written: " + ", ".join(os.path.relpath(path) for path in [table, *figures]))
    return 0


def shares(arguments):
    """Return pytest's arguments for each process where there are two cores: windows, all else, then their panels.

    The first takes about as long as the other two together. Where the arguments choose tests or debug them, or on one
    core, it is one process as asked for.
    """
    chosen = any(not word.startswith("-") or word in ("-k", "-m", "-x", "-s", "--pdb") for word in arguments)
    if chosen or (os.cpu_count() or 1) < 2:
        return [arguments]
    windows = ["tests/gui", f"--ignore={PANELS}", *arguments]
    return [windows, ["tests", "--ignore=tests/gui", *arguments], [PANELS, *arguments]]


def run_beside(commands, environment, at_once=2):
    """Run commands, so many side by side and the next one when one has ended; return their exit codes.

    What the first one prints is seen live, what the others print and all errors after it.
    """
    with contextlib.ExitStack() as stack:
        outputs = []
        waiting, running, codes = list(enumerate(commands)), {}, [None] * len(commands)
        while waiting or running:
            while waiting and len(running) < at_once:
                place, command = waiting.pop(0)
                files = [None if place == 0 else stack.enter_context(tempfile.TemporaryFile())]
                files.append(stack.enter_context(tempfile.TemporaryFile()))
                outputs += [file for file in files if file is not None]
                process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=files[0], stderr=files[1])
                stack.callback(process.terminate)  # nothing to one that has ended
                running[place] = process
            time.sleep(0.1)
            for place in [place for place, process in running.items() if process.poll() is not None]:
                codes[place] = running.pop(place).returncode
        for output in outputs:
            output.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(output, sys.stdout.buffer)
            sys.stdout.flush()
    return codes


def test(arguments):
    """Run the tests, each process in a virtual X display of its own where there is no real one."""
    virtual = not has_display()
    needs = system_libraries.HEADLESS + system_libraries.WINDOW
    set_up(TEST_EXTRAS, needs + (system_libraries.VIRTUAL_DISPLAY if virtual else []))
    environment = dict(os.environ)
    display = []
    if virtual:
        display = ["xvfb-run", "-a", "-s", SCREEN]
        environment.update(LIBGL_ALWAYS_SOFTWARE="1", QT_QPA_PLATFORM="xcb")
    parts = shares(arguments)
    alone = [*display, venv_python(), "-m", "pytest"]
    if len(parts) == 1:
        return subprocess.call([*alone, *parts[0]], cwd=ROOT, env=environment)
    say("the tests of the window run first to see; all others run beside them and are told after them")
    with tempfile.TemporaryDirectory() as folder:
        journals = [os.path.join(folder, f"part_{k}") for k in range(len(parts))]
        commands = [
            [*alone, "-p", "no:cacheprovider", "--journal", journal, *part]  # one cache is not for two processes
            for part, journal in zip(parts, journals)
        ]
        codes = run_beside(commands, environment)
        codes = [go_on(*one, environment) for one in zip(codes, journals, commands)]
        return again(max(codes, key=abs), failed_tests(journals), alone, environment)


def has_crashed(code):
    """Tell whether an exit code, that of a shell that waited for it included, is that of a crash."""
    return -code in CRASHES or code - 128 in CRASHES


def go_on(code, journal, command, environment):
    """Run the tests that had not begun when a process of them crashed, once, and return the exit code that follows.

    The test in which it crashed counts as failed: it is among those that are tried alone.
    """
    names = journal_lines(journal)
    if not has_crashed(code) or not names:
        return code
    name = names[-1].lstrip("!")
    say(f"CRASHED (exit code {code}) in {name} or at its end; what had not begun is run now")
    with open(journal, "a", encoding="utf-8") as file:
        file.write(f"!{name}\n")
    code = subprocess.call([*command, "--leave-out", journal], cwd=ROOT, env=environment)
    return code if code not in (0, NO_TESTS) else 1


def journal_lines(path):
    """Return the lines of a journal of tests: the name of each that began, and of each that failed behind a mark."""
    with contextlib.suppress(OSError), open(path, encoding="utf-8") as file:
        return file.read().splitlines()
    return []


def failed_tests(journals):
    """Return the names of the tests that failed, each once."""
    names = [line[1:] for journal in journals for line in journal_lines(journal) if line.startswith("!")]
    return list(dict.fromkeys(names))


def again(code, names, command, environment):
    """Run a few tests that failed once more, alone, and return the exit code that follows.

    Thousands of tests that wait for windows, threads and processes share two cores: one of them may be starved by
    the others. What fails alone, too, has failed; what passes is named as unstable, for somebody to look at.
    """
    if code != 1 or not 0 < len(names) <= AGAIN:
        return code
    say(f"{len(names)} failed; tried once more, alone")
    code = subprocess.call([*command, "-p", "no:cacheprovider", *names], cwd=ROOT, env=environment)
    if code == 0:
        say("UNSTABLE, failed beside the others and passed alone: " + ", ".join(names))
    return code


def parse(arguments):
    """Return (command, arguments for the program or for pytest)."""
    parser = argparse.ArgumentParser(
        prog="bootstrap.py", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["run", "test"], help="run: open the program; test: run the tests")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="go on to the program, or to pytest")
    options = parser.parse_args(arguments)
    if any(word in ("-h", "--help") for word in options.arguments[:1]):
        parser.print_help()
        parser.exit()
    return options.command, options.arguments


def main(arguments=None):
    """Run one of the two commands; return the exit code."""
    try:
        command, rest = parse(arguments)
        check_python()
        return {"run": run, "test": test}[command](rest)
    except BootstrapError as error:
        sys.stdout.flush()
        print(f"error: {error}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nbootstrap: stopped; the same command goes on from here", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
