"""How results look in a terminal: tables that fit 80 columns, and a progress bar only where it is a terminal."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

Step: TypeAlias = Callable[[str, int, int], None]
"""Told the phase that begins, how many are done, and how many there are."""

WIDEST = 100
"""Columns: running text wider than this is hard to read."""
FOR, AGAINST, ASK = "+", "−", "?"


def console() -> Console:
    """Standard output; 80 columns where nobody says otherwise, no wider than `WIDEST`."""
    out = Console(highlight=False, soft_wrap=False)
    if not out.is_terminal:
        return Console(highlight=False, width=80)
    return out if out.width <= WIDEST else Console(highlight=False, width=WIDEST)


def error_console() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(record: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2, default=str) + "\n")


def shown_as(list_id: str) -> None:
    """The id that a shown list is recorded under, beside the list."""
    error_console().print(f"Vist som liste {list_id}.", style="dim")


@contextmanager
def steps(*, quiet: bool = False) -> Iterator[Step]:
    """Shows phases as a bar on a terminal, as plain lines otherwise, not at all if `quiet`. On standard error."""
    err = error_console()
    if quiet:
        yield lambda _phase, _done, _total: None
    elif err.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda phase, done, total: bar.update(task, description=phase, completed=done, total=total)
    else:
        yield lambda phase, done, total: err.print(f"{done + 1}/{total} {phase}")


def heading(out: Console, text: str) -> None:
    """A heading with air above."""
    out.print()
    out.print(Text(text, style="bold"))
    out.print(Text("─" * len(text), style="dim"))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()) -> Table:
    """A table without frame; `numbers` are the columns that are set to the right."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_header=any(columns))
    for index, name in enumerate(columns):
        right = index in numbers
        shown.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    return shown


def reasons(out: Console, sign: str, texts: Sequence[str | Text], style: str, indent: int = 3) -> None:
    """Sentences, each behind its sign; long ones hang."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for text in texts:
        grid.add_row(Text(sign, style=style), Text(text) if isinstance(text, str) else text)
    if texts:
        out.print(Padding(grid, (0, 0, 0, indent), expand=False))


def legend(out: Console) -> None:
    """What the signs mean."""
    out.print(Text(f"{FOR} taler for   {AGAINST} taler imod   {ASK} skal afklares", style="dim"))


def indented(out: Console, text: Text, indent: int = 3) -> None:
    """A text whose every line is indented."""
    out.print(Padding(text, (0, 0, 0, indent), expand=False))


def decimal(value: float, digits: int = 2) -> str:
    """A number with the Danish comma and thousands point: 1.234,50."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def percent(share: float, digits: int = 0) -> str:
    """A share as Danish per cent: 78 %, or with `digits` decimals 0,4 %."""
    return f"{decimal(100 * share, digits)} %"
