"""The pages' texts and their English: `make messages` brings the catalogues up to date, `--check` says what they lack.

Each part of the pages has a catalogue of its own, `service/web/locale/en/LC_MESSAGES/<part>.po`. A text belongs to the
part whose folder of templates, or whose module, uses it first; what is used everywhere belongs to `shell`.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
WEB = ROOT / "service" / "web"
CATALOGUES = WEB / "locale" / "en" / "LC_MESSAGES"
SHELL: Final = "shell"
HEAD: Final = "# The pages in English. The texts to look up are the Danish ones, as they stand in the pages."
METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
OPTIONS: Final = {"templates/**.html": {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}}
_OF_THE_TOOL: Final = re.compile(r'"(POT-|PO-|Last-|Generated-|Project-|Report-|Language-Team)')
"""Headers that say nothing of the texts, or the hour."""
_PLACES: Final = re.compile(r"%\((\w+)\)[sd]")


def part_of(path: str) -> str:
    """The part of the pages that a file belongs to: `templates/night/plan.html` and `night_plan.py` to `night`."""
    parts = Path(path).parts
    if parts[0] == "templates":
        return parts[1] if len(parts) > 2 and parts[1] != "dkfds" else SHELL
    first = parts[0] if len(parts) > 1 else Path(path).stem.split("_")[0]
    return first if first and (WEB / "templates" / first).is_dir() else SHELL


def texts() -> dict[str, Catalog]:
    """Every text of the pages, by part."""
    found: dict[str, Catalog] = {}
    said: set[str] = set()
    extracted = extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True)
    in_order = sorted(extracted, key=lambda one: (part_of(one[0]) != SHELL, one[0]))
    for path, _line, message, _comments, _context in in_order:
        key = message if isinstance(message, str) else message[0]
        if not key or key in said:
            continue
        said.add(key)
        catalogue = found.setdefault(part_of(path), Catalog(locale="en", header_comment=HEAD, fuzzy=False))
        catalogue.add(message, locations=[(f"service/web/{path}", 0)])
    return found


def renewed(found: Catalog, kept: dict[str, Message]) -> Catalog:
    """A part's texts with the English that any catalogue has for them."""
    for message in found:
        before = kept.get(_key(message))
        if message.id and before is not None:
            message.string = before.string
    return found


def written() -> dict[str, Message]:
    """Every translation there is."""
    kept: dict[str, Message] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            kept |= {_key(message): message for message in read_po(file, locale="en") if message.id and message.string}
    return kept


def faults() -> Iterator[str]:
    """What is wrong with the catalogues: a text without English, with other places to fill in, or that nothing uses."""
    kept, used = written(), set()
    for part, catalogue in texts().items():
        for message in catalogue:
            if not message.id:
                continue
            key = _key(message)
            used.add(key)
            strings = _strings(kept[key]) if key in kept else ()
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            if not strings or not all(strings):
                yield f"{part}: no English for {key!r}"
            elif {*_PLACES.findall("".join(ids))} != {*_PLACES.findall("".join(strings))}:
                yield f"{part}: other places to fill in than in {key!r}"
    yield from (f"nothing says {key!r}" for key in kept if key not in used)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _strings(message: Message) -> list[str]:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return [text or "" for text in strings]


def renew() -> None:
    """Write the catalogues anew: texts without English stand in them with none."""
    kept = written()
    CATALOGUES.mkdir(parents=True, exist_ok=True)
    found = texts()
    for path in CATALOGUES.glob("*.po"):
        if path.stem not in found:
            path.unlink()
    for part, catalogue in found.items():
        content = BytesIO()
        write_po(content, renewed(catalogue, kept), width=120, sort_output=True, include_lineno=False)
        lines = [line for line in content.getvalue().decode().splitlines() if not _OF_THE_TOOL.match(line)]
        (CATALOGUES / f"{part}.po").write_text("\n".join(lines).strip() + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        renew()
    found = list(faults())
    print("\n".join(found))
    sys.exit(bool(found))
