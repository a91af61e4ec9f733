"""Renew what the pages serve of Det Fælles Designsystem (dkfds) and htmx: `make vendor`.

Fetches the two npm packages below with `npm pack`, compares their digests, copies the files that browsers ask for into
`service/web/static/vendor/`, and rewrites dkfds' own Nunjucks macros as Jinja2 into `service/web/templates/dkfds/`.

What is changed in the macros, beside the syntax: nothing is marked as safe. Text is escaped where it stands, and markup
is taken only from a caller that made it in a template (`{% set x %}…{% endset %}`). Icons come from one file that
browsers keep, not from 55 kB in each page.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

WEB = Path(__file__).parents[1] / "service" / "web"
STATIC, TEMPLATES = WEB / "static" / "vendor", WEB / "templates" / "dkfds"
PACKAGES = {  # name: version, SHA-512
    "dkfds": (
        "11.2.0",
        "JuVf8NjEOeF+TKIhEFXa3BfZvk1ulQM8+XN+6QhgDo6kiwwvupyBY34YU4FglBeyFWHbE5mYDmnrcYTWOSKkEA==",
    ),
    "htmx.org": (
        "4.0.1",
        "oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==",
    ),
}
FILES = {
    "dkfds": {
        "dist/css/dkfds.min.css": "dkfds/css/dkfds.min.css",
        "dist/js/dkfds.min.js": "dkfds/js/dkfds.min.js",
        "dist/img/all-svg-icons.svg": "dkfds/img/all-svg-icons.svg",
        "LICENSE.md": "dkfds/LICENSE.md",
        "dist/fonts/IBMPlexSans/complete/woff2/license.txt": "dkfds/fonts/LICENSE.txt",
    },
    "htmx.org": {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
}
MACROS = ("alerts", "back-link", "badge", "breadcrumbs", "buttons", "form", "icons", "radiobuttons", "tooltip")
LEFT_OUT = {"base-svg", "icons", "date-input", "date-picker", "characterlimit"}
"""Icons in the page itself, and what the pages do without."""
_ASKED_FOR = re.compile(r"url\(\.\./((?:img|fonts)/[^)]+\.(?:svg|woff2))\)")
_OTHER_FONTS = re.compile(r",?url\([^)]+\.(?:eot|woff|ttf)\)(?: format\([^)]*\))?")
"""Font files for browsers that are not used any more."""
_SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$")
_SYNTAX = (
    (re.compile(r"!=="), "!="),
    (re.compile(r"==="), "=="),
    (re.compile(r"\belseif\b"), "elif"),
    (re.compile(r"\s*\|\s*safe\b"), ""),
    (re.compile(r"\+ (?=loop\.index)"), "~ "),
    (re.compile(r"\bparams\.items\b"), 'params["items"]'),
    (re.compile(r"([{,]\s*)([A-Za-z]+):\s"), r'\1"\2": '),
    (re.compile(r'"components/(?:[\w-]+/)*([\w-]+)\.njk"'), r'"dkfds/\1.html"'),
    (re.compile(r'<use href="#'), "<use href=\"{{ static('vendor/dkfds/img/all-svg-icons.svg') }}#"),
    (re.compile(r"{% from \"dkfds/characterlimit\.html\".*%}\n"), ""),
    (re.compile(r" or params\.characterLimit|{% if params\.characterLimit %}.*?{% endif -?%}\n?"), ""),
)
_SPOKEN = ("(frivilligt)", "(*skal udfyldes)", "Fejl:")
"""What the macros say themselves; in the page's language here."""
_NAMED = ("Information", "Succes", "Advarsel", "Fejl")


def fetch(name: str, folder: Path) -> Path:
    """A package, unpacked; raises SystemExit where it is another than the one that was looked at."""
    version, integrity = PACKAGES[name]
    answer = subprocess.run(
        ["npm", "pack", "--json", f"{name}@{version}"], cwd=folder, check=True, capture_output=True, text=True
    )  # fmt: skip
    packed = folder / json.loads(answer.stdout)[0]["filename"]
    digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if digest != integrity:
        sys.exit(f"{name}@{version} has the digest {digest}, not {integrity}")
    with tarfile.open(packed) as archive:
        archive.extractall(folder / name, filter="data")
    return folder / name / "package"


def jinja(macro: str) -> str:
    """A Nunjucks macro as Jinja2."""
    for pattern, replacement in _SYNTAX:
        macro = pattern.sub(replacement, macro)
    for words in _SPOKEN:
        macro = macro.replace(words, f'{{{{ _("{words}") }}}}')
    for words in _NAMED:
        macro = macro.replace(f'"ariaLabel": "{words}"', f'"ariaLabel": _("{words}")')
    for words in ("Brødkrumme", "Tilbage"):
        macro = macro.replace(f"default('{words}')", f"default(_('{words}'))")
    return "\n".join(line.rstrip() for line in macro.strip().splitlines()) + "\n"


def copy(source: Path, target: Path) -> None:
    """A file, without pointers to source maps and font files that are not served."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix in {".css", ".js"}:
        text = _OTHER_FONTS.sub("", _SOURCE_MAP.sub("", source.read_text())).replace("src:,", "src:")
        target.write_text(text.rstrip() + "\n")
    else:
        shutil.copyfile(source, target)


def renew() -> None:
    """Everything anew."""
    with tempfile.TemporaryDirectory() as name:
        unpacked = {package: fetch(package, Path(name)) for package in PACKAGES}
        for folder in (STATIC, TEMPLATES):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        for package, files in FILES.items():
            for source, target in files.items():
                copy(unpacked[package] / source, STATIC / target)
        dkfds = unpacked["dkfds"]
        for asked_for in sorted(set(_ASKED_FOR.findall((dkfds / "dist/css/dkfds.min.css").read_text()))):
            copy(dkfds / "dist" / asked_for, STATIC / "dkfds" / asked_for)
        for part in MACROS:
            for macros in sorted((dkfds / "src/components" / part).rglob("*.njk")):
                if macros.stem not in LEFT_OUT:
                    (TEMPLATES / f"{macros.stem}.html").write_text(jinja(macros.read_text()))


if __name__ == "__main__":
    renew()
