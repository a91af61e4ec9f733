"""`matcher taxonomy`: import of the official occupations, and search in those that are in use."""

from pathlib import Path
from typing import Annotated

import typer

from service.settings import Settings
from service.terminal import console, decimal, percent, print_json, table

OTHER_NAMES = 4

app = typer.Typer(
    help="Stillingsbetegnelser: de indbyggede eller den officielle ESCO-klassifikation.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="Resultatet som JSON.")]


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="MAPPE", help="Mappen med de hentede ESCO-filer (dansk, CSV).")],
    as_json: AsJson = False,
) -> None:
    """Indlæser ESCO og eventuelt DB07 til den fil, som MATCHER_TAXONOMY peger på. Ved fejl ændres intet."""
    from service.use_cases.taxonomy import import_taxonomy

    file = Settings().taxonomy
    if file is None:
        raise typer.BadParameter("Sæt først MATCHER_TAXONOMY til den fil, der skal skrives, fx esco.taxonomy.")
    if not folder.is_dir():
        raise typer.BadParameter(f"Mappen {folder} findes ikke.")
    found = import_taxonomy(folder, file)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    out = console()
    out.print(f"{decimal(found.occupations, 0)} stillingsbetegnelser i {decimal(found.groups, 0)} ISCO-08-grupper.")
    out.print(f"{decimal(found.with_skills, 0)} af dem med væsentlige færdigheder.")
    out.print(f"{decimal(found.industries, 0)} branchekoder (DB07).")
    out.print(f"Skrevet til {file} som udgave {found.version}.", soft_wrap=True)


@app.command()
def search(
    text: Annotated[str, typer.Argument(metavar="TEKST", help="Et jobmål, som det bliver sagt.")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="Hvor mange forslag, der vises.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Finder de stillingsbetegnelser, som en tekst kan betyde. Det rigtige forslag bekræftes sammen med borgeren."""
    from service.use_cases.taxonomy import search_occupations, taxonomy_of

    found = search_occupations(taxonomy_of(Settings()), text, limit)
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    elif not found:
        console().print("Teksten kan ikke læses som et fag. Prøv at skrive, hvad der skal laves.")
    else:
        rows = [
            [percent(one.similarity), one.name, one.isco08, ", ".join(one.other_names[:OTHER_NAMES])] for one in found
        ]
        console().print(table(("lighed", "stillingsbetegnelse", "ISCO-08", "også kaldt"), rows, numbers=(0,)))
