#!/usr/bin/python3
"""examples.py PROGRAM ROOT manual|help|readme: runs every example of the documents, as a person would type it.

manual   the fenced blocks of man/src
help     the examples that `tfevents -h` and `tfevents COMMAND -h` print
readme   the fenced blocks of README.md: console blocks with what they print, shell, YAML of CI services, crontabs, systemd units, Python

Each example gets fresh logs (examples_world). It has to end with 0 and every `tfevents` in it with 0, nothing may go to standard
error unasked, and it has to print something or make a file. SPECIAL says where a document promises something else, and why.
Examples whose tools are missing are named and make the exit status 77, if nothing failed.
"""

import ast
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import examples_world  # noqa: E402  # the line above has to come first

try:
    import yaml
except ImportError:
    yaml = None

UPDATE = os.environ.get("TFEVENTS_UPDATE_GOLDEN") == "1"
HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "data"

# What an example promises that is not the usual: `status` of the whole, `ours` of each tfevents in it, `damaged` logs, `silent`
# where printing nothing is the point, `terminal` where one is needed.
SPECIAL = {
    "tfevents help output": {"terminal": True},
    "tfevents compare a b -c loss --changed --exit-code": {"status": 1, "ours": (1,)},  # a and b differ
    "tfevents dump runs/vit --records | jq -c 'select(.type == \"damage\" or .data_crc == \"bad\")'": {"damaged": True, "ours": (3,)},
    "tfevents ls runs --json | jq -r '.rows[] | select(.damage > 0) | .path'": {"damaged": True, "ours": (3,)},
    "tfevents fsck -q runs": {"silent": True},  # all is well, so cron sends no mail
    "tfevents fsck -q /data/runs": {"silent": True},
    "tfevents lint runs --rule nonfinite --json | jq -r '.rows[].run' | sort -u": {"silent": True},  # there is no NaN
    "tfevents prune runs --older-than 30d --keep-last 9": {"status": 4, "ours": (4,)},  # it asks, and nobody is there
    "source <(tfevents completion bash)": {"silent": True},
}
# Blocks of the README that build or install the program: what they say is checked, not run (check_build_block).
BUILDS = ("sh apps/demo.sh", "apt-get install")
# The time at which the README's tour was taken.
TOUR_NOW = "2026-11-25T00:00:00Z"
# Tools of examples that a system may lack.
TOOLS = ("jq", "xargs", "zcat")

# Ours in front of the real program: notes the exit status, and holds the clock where TFEVENTS_NOW says so.
WRAPPER = """#!/bin/sh
if [ -n "${TFEVENTS_NOW:-}" ]; then set -- --now "$TFEVENTS_NOW" "$@"; fi
code=0
"$TFEVENTS_REAL" "$@" || code=$?
echo "$code" >>"$TFEVENTS_STATUSES"
exit $code
"""
# What waits, or is not everywhere, stands in: `watch` looks once, and pandas just reads its file.
WATCH = """#!/bin/sh
while [ $# -gt 1 ]; do shift; done
exec sh -c "$1"
"""
PANDAS = """import csv, gzip
def read_csv(path, **_):
    with (gzip.open(path, "rt") if path.endswith(".gz") else open(path)) as lines:
        return list(csv.DictReader(lines))
"""


class Suite:
    def __init__(self, program, root):
        self.program, self.root = pathlib.Path(program).resolve(), pathlib.Path(root).resolve()
        self.ran, self.failed, self.skipped = 0, 0, []
        self.work = pathlib.Path(tempfile.mkdtemp())
        self.tools = self.work / "bin"
        for name, text in (("bin/tfevents", WRAPPER), ("bin/watch", WATCH), ("python/pandas.py", PANDAS)):
            (self.work / name).parent.mkdir(exist_ok=True)
            (self.work / name).write_text(text)
            (self.work / name).chmod(0o755)
        for page in (self.root / "man").glob("*.[1-9]"):
            folder = self.work / "man" / f"man{page.name[-1]}"
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, folder)
        examples_world.build(self.work / "world")
        self.files = {}  # what blocks that are files add to the world, by name

    def fail(self, where, example, *why):
        self.failed += 1
        print(f"FAILED {where}\n" + "".join(f"  | {line}\n" for line in example.splitlines()) + "  " + "\n  ".join(why), flush=True)

    def skip(self, where, why):
        self.skipped.append(f"{where}: {why}")

    def fresh(self, damaged=False):
        """A copy of the logs and files, in a folder that is empty otherwise."""
        shutil.rmtree(self.work / "here", ignore_errors=True)
        here = self.work / "here"
        shutil.copytree(self.work / "world", here, copy_function=os.link)  # nobody writes into logs
        for name, text in self.files.items():
            (here / name).parent.mkdir(exist_ok=True, parents=True)
            (here / name).write_text(text)
        if damaged:
            examples_world.damage(here)
        return here

    def shell(self, script, here, **environment):
        """(what it printed on both streams, exit status, the exit statuses of tfevents)"""
        statuses = self.work / "statuses"
        statuses.write_text("")
        (self.work / "home").mkdir(exist_ok=True)
        environment = {"PATH": f"{self.tools}:/usr/bin:/bin", "HOME": str(self.work / "home"), "TERM": "dumb", "TZ": "UTC",
                       "LC_ALL": "C.UTF-8", "PYTHONPATH": str(self.work / "python"), "MANPATH": str(self.work / "man"),
                       "MANPAGER": "cat", "TFEVENTS_REAL": str(self.program), "TFEVENTS_STATUSES": str(statuses), **environment}
        try:
            done = subprocess.run(["bash", "-e", "-c", script], cwd=here, env=environment, stdin=subprocess.DEVNULL, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        except subprocess.TimeoutExpired:
            return "(still running after a minute)", 124, []
        return done.stdout.decode(errors="replace"), done.returncode, [int(code) for code in statuses.read_text().split()]

    def run(self, where, example, **environment):
        """Runs one example and judges it; its folder and output, or nothing where it was skipped."""
        missing = [tool for tool in TOOLS if re.search(rf"(^|[|&;(] *){tool}\b", example, re.M) and not shutil.which(tool)]
        if missing:
            return self.skip(where, f"{', '.join(missing)} is not installed: {example.splitlines()[0]}")
        special = SPECIAL.get(example, {})
        if special.get("terminal") and not (shutil.which("man") and os.path.exists("/dev/pts/ptmx")):
            return self.skip(where, f"no man, or no pseudo-terminals: {example}")
        here = self.fresh(special.get("damaged", False))
        before = set(here.rglob("*"))
        if "tfevents trash " in example:
            self.shell("tfevents prune runs -r old --older-than 30d --yes", here)
            before = set(here.rglob("*"))
        script = example.replace("/data/runs", f"{here}/data/runs")
        if special.get("terminal"):
            script = f"script -qec '{script}' /dev/null"
        printed, status, ours = self.shell(script, here, **environment)
        self.ran += 1
        why = []
        if status != special.get("status", 0):
            why.append(f"ended with {status} instead of {special.get('status', 0)}")
        if not ours or set(ours) != set(special.get("ours", (0,))):
            why.append(f"tfevents ended with {ours} instead of {list(special.get('ours', (0,)))}")
        if not printed and set(here.rglob("*")) == before and not special.get("silent"):
            why.append("printed nothing and made no file")
        if special.get("silent") and printed:
            why.append("printed something")
        unknown = re.findall(r"^tfevents: (?:no .*|--.*|.*: no such .*)", printed, re.M)
        if unknown:
            why.append(f"names what is not there: {unknown[0]}")
        if why:
            self.fail(where, example, *why, "it printed:", *printed.splitlines()[:20])
        return here, printed


def fences(text):
    """(section, language, contents) of every fenced block."""
    section, language, block = "", None, []
    for line in text.splitlines():
        if line.startswith("```"):
            if language is None:
                language, block = line[3:].strip(), []
            else:
                yield section, language, "\n".join(block)
                language = None
        elif language is not None:
            block.append(line)
        elif line.startswith("#"):
            section = line.lstrip("# ")
    if language is not None:
        yield section, "unclosed", "\n".join(block)


# The manual pages.

def shape(value):
    """What a document of JSON is made of, whatever its numbers."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else None


def check_json(suite, where, block):
    """A command and the JSON it prints, with its lines broken."""
    command, _, wanted = block.partition("\n")
    answer = suite.run(where, command[2:])
    if answer and shape(json.loads(answer[1])) != shape(json.loads(wanted)):
        suite.fail(where, block, "has other fields than what is printed:", answer[1])


def run_manual(suite):
    pages = sorted((suite.root / "man" / "src").glob("*.md"))
    if not pages:
        suite.fail("man/src", "", "there are no pages")
    for page in pages:
        count = 0
        for section, _, block in fences(page.read_text(encoding="utf-8")):
            where = f"man/src/{page.name}, {section}"
            count += section == "EXAMPLES"
            if block.startswith("$ "):
                check_json(suite, where, block)
            elif section == "CHECKS":
                suite.files["ci/checks.txt"] = block + "\n"
                suite.run(where, "tfevents assert runs --checks ci/checks.txt")
            elif section == "EXAMPLES":
                suite.run(where, block)
            elif section == "CRON":
                (run_unit if block.startswith("[Unit]") else run_crontab)(suite, where, block)
            else:
                suite.fail(where, block, "is a block of a kind that this test does not know")
        if count == 0 and page.name != "output.md":
            suite.fail(page.name, "", "has no example")


# The help.

def examples_of_help(text):
    """Lines of the section Examples, up to the remark behind two blanks."""
    lines = iter(text.splitlines())
    for line in lines:
        if line == "Examples:":
            break
    for line in lines:
        if not line.startswith("  "):
            return
        yield re.split(r" {2,}", line.strip())[0]


def run_help(suite):
    here = suite.fresh()
    overview = suite.shell("tfevents -h", here)[0]
    commands = re.findall(r"^  ([a-z][a-z-]*)  +[A-Z]", overview, re.M)
    if len(commands) < 5:
        suite.fail("tfevents -h", overview, "names too few commands")
    for command in ["", *commands]:
        asked = f"tfevents {command} -h".replace("  ", " ")
        examples = list(examples_of_help(suite.shell(asked, here)[0]))
        if not examples:
            suite.fail(asked, "", "has no example")
        for example in examples:
            suite.run(asked, example)


# The README.

def check_build_block(suite, where, block):
    """The packages are those of tests/setup.sh, the scripts and presets exist."""
    suite.ran += 1
    setup = (suite.root / "tests" / "setup.sh").read_text()
    packages = re.search(r"^build_packages='([^']*)'", setup, re.M).group(1).split()
    named = re.search(r"apt-get install ((?:[^\n]*\\\n)*[^\n]*)", block)
    if named and sorted(named.group(1).replace("\\\n", " ").split()) != sorted(packages):
        suite.fail(where, block, "installs other packages than tests/setup.sh does")
    presets = (suite.root / "CMakePresets.json").read_text()
    for preset in re.findall(r"--preset (\S+)", block):
        if f'"name": "{preset}"' not in presets:
            suite.fail(where, block, f"there is no preset {preset}")
    for script in re.findall(r"^sh (\S+)", block, re.M):
        if not (suite.root / script).is_file():
            suite.fail(where, block, f"there is no {script}")


def check_console(suite, where, block):
    """Commands behind `$ `, and what they print in tests/data. TFEVENTS_UPDATE_GOLDEN=1 writes what was seen into the README."""
    here = suite.work / "data"
    shutil.rmtree(here, ignore_errors=True)
    shutil.copytree(DATA, here)
    # Git keeps no times, and some answers fall back on them.
    subprocess.run(["find", str(here), "-exec", "touch", "-h", "-d", "2026-01-01T00:00:00Z", "{}", "+"], check=True)
    seen = []
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        lines = part.rstrip("\n").split("\n")
        size = next(i for i, line in enumerate(lines) if not line.endswith("\\")) + 1
        command, wanted = "\n".join(lines[:size]), "\n".join(lines[size:])
        printed, status, ours = suite.shell(command, here, TFEVENTS_NOW=TOUR_NOW)
        printed = "\n".join(line.rstrip() for line in printed.splitlines())
        seen.append(f"$ {command}\n{printed}")
        suite.ran += 1
        if status not in (0, 1, 3) or not ours or set(ours) - {0, 1, 3}:
            suite.fail(where, command, f"ended with {status}, tfevents with {ours}, saying:", printed)
        elif printed != wanted and not UPDATE:
            suite.fail(where, command, "prints:", *printed.splitlines(), "TFEVENTS_UPDATE_GOLDEN=1 accepts that")
    readme = suite.root / "README.md"
    if UPDATE:
        readme.write_text(readme.read_text(encoding="utf-8").replace(block, "\n\n".join(seen)), encoding="utf-8")


def run_yaml(suite, where, block):
    """The commands of a workflow of GitHub Actions or a job of GitLab CI."""
    if yaml is None:
        return suite.skip(where, "no Python module yaml")
    try:
        document = yaml.safe_load(block)
    except yaml.YAMLError as error:
        return suite.fail(where, block, f"is no YAML: {error}")
    summary = suite.work / "summary.md"
    found = False
    for job in list(document.get("jobs", document).values()):
        if not isinstance(job, dict):
            continue
        for script in [step["run"] for step in job.get("steps", []) if "tfevents" in step.get("run", "")]:
            found = True
            summary.write_text("")
            answer = suite.run(where, script, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
            if answer and "assert" in script and not summary.read_text():
                suite.fail(where, script, "wrote no summary of the job")
        if "script" in job:
            found = True
            answer = suite.run(where, "\n".join(job["script"]))
            report = job.get("artifacts", {}).get("reports", {}).get("junit")
            if answer and report and not (answer[0] / report).is_file():
                suite.fail(where, block, f"made no {report}")
    if not found:
        suite.fail(where, block, "no command of it was found")
    return None


def run_crontab(suite, where, block):
    """Commands that print nothing, so that no mail is sent, until something is damaged; but a prune says what went. What only
    cron's own environment shows is in tests/cli/retention.sh."""
    for line in block.splitlines():
        found = re.fullmatch(r"(?:[0-9*,/-]+ +){5}(?:root +)?(tfevents .*)", line)
        if found and found.group(1).startswith("tfevents prune "):
            run_retention(suite, where, found.group(1))
        elif found:
            suite.run(where, found.group(1))
            here = suite.fresh()
            examples_world.damage(here, "data/runs/ci")
            printed, status, _ = suite.shell(found.group(1).replace("/data/runs", f"{here}/data/runs"), here)
            if status != 1 or not printed:
                suite.fail(where, line, f"of damaged logs it ended with {status}, and printed [{printed}]")
        elif not re.fullmatch(r"#.*|[A-Z]+=.*|", line):
            suite.fail(where, line, "is no line of a crontab")


def run_retention(suite, where, command):
    """A prune that nobody watches: it removes what is old, says how to undo that, and so it does."""
    answer = suite.run(where, command)
    if not answer:
        return
    here, printed = answer
    undo = re.search(r"^moved 1 trial, .* undo: (tfevents trash restore .*)$", printed, re.M)
    if list((here / "data/runs/old").glob("*tfevents*")) or not list((here / "data/runs/ci").glob("*tfevents*")):
        suite.fail(where, command, "did not remove what is old, and that alone:", printed)
    if not undo or suite.shell(undo.group(1), here)[1] != 0 or not list((here / "data/runs/old").glob("*tfevents*")):
        suite.fail(where, command, "does not say how to undo it:", printed)


def run_unit(suite, where, block):
    """Units of systemd: their commands, as crontabs have them. tests/cli/retention.sh lets systemd look at them."""
    commands = re.findall(r"^ExecStart=/usr/local/bin/(tfevents prune .*)$", block, re.M)
    for command in commands:
        run_retention(suite, where, command)
    if not commands and "[Timer]" not in block:
        suite.fail(where, block, "is neither a service with a command nor a timer")


def run_readme(suite):
    blocks = [("README.md, " + section, language, block)
              for section, language, block in fences((suite.root / "README.md").read_text(encoding="utf-8"))]
    # Files that recipes use stand in blocks of their own, under a line with their name.
    for where, language, block in blocks:
        name = re.match(r"# (\S+)\n", block)
        if language == "text" and name:
            suite.files[name.group(1)] = block + "\n"
    for where, language, block in blocks:
        if language == "console":
            check_console(suite, where, block)
        elif language == "sh" and block.startswith(BUILDS):
            check_build_block(suite, where, block)
        elif language == "sh":
            suite.run(where, block)
        elif language == "yaml":
            run_yaml(suite, where, block)
        elif language == "crontab":
            run_crontab(suite, where, block)
        elif language == "ini":
            run_unit(suite, where, block)
        elif language == "python":  # tests/interop runs it with the real pandas
            suite.ran += 1
            try:
                ast.parse(block)
            except SyntaxError as error:
                suite.fail(where, block, str(error))
        elif language != "text" or not re.match(r"# \S+\n", block):
            suite.fail(where, block, f"is a block of a kind that this test does not know: {language or 'no language'}")


def main(program, root, part):
    suite = Suite(program, root)
    try:
        {"manual": run_manual, "help": run_help, "readme": run_readme}[part](suite)
    finally:
        shutil.rmtree(suite.work, ignore_errors=True)
    for line in suite.skipped:
        print(f"skipped: {line}")
    print(f"{suite.ran} examples ran, {suite.failed} failures, {len(suite.skipped)} skipped")
    if suite.failed or (suite.ran == 0 and not suite.skipped):
        return 1
    return 77 if suite.skipped else 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(*sys.argv[1:]))
