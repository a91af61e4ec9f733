"""The occupations that goals are read by: import of official files, and search for whoever types a job goal."""

from pathlib import Path

from pydantic import BaseModel, Field

from features.state import StateError
from features.taxonomy import Taxonomy, TaxonomyError
from service.problems import TaxonomyRefused
from service.settings import Settings


class ImportedTaxonomy(BaseModel):
    """What was imported: counts, and the version that lists made with it carry."""

    version: str
    occupations: int
    groups: int = Field(description="ISCO-08 groups")
    with_skills: int = Field(description="occupations with essential skills")
    industries: int = Field(description="DB07 codes of six digits")


class OccupationView(BaseModel):
    """An occupation that a text may mean; a consultant confirms which."""

    uri: str = Field(description="what `goals[].occupation` takes once it is confirmed")
    name: str
    other_names: list[str]
    isco08: str
    group: str = Field(description="Danish name of the ISCO-08 group; empty with the built-in occupations")
    description: str
    similarity: float = Field(ge=0, le=1)


def import_taxonomy(folder: Path, file: Path) -> ImportedTaxonomy:
    """Read the official files of a folder, fit the search to them and store both in one file.

    TaxonomyRefused where the files are not as downloaded, or where the file cannot be written; nothing has changed.
    """
    try:
        taxonomy = Taxonomy.from_esco(folder)
    except TaxonomyError as error:
        raise TaxonomyRefused(str(error)) from None
    taxonomy.save(file)
    return ImportedTaxonomy(
        version=taxonomy.version,
        occupations=len(taxonomy.occupations),
        groups=len(taxonomy.group_names),
        with_skills=len(taxonomy.essential_skills),
        industries=len(taxonomy.industries),
    )


def taxonomy_of(settings: Settings) -> Taxonomy | None:
    """The imported taxonomy that the settings name; None: what is built in. TaxonomyRefused where it is unusable."""
    if settings.taxonomy is None:
        return None
    try:
        return Taxonomy.load(settings.taxonomy)
    except StateError as error:
        raise TaxonomyRefused(f"{error}; run `matcher taxonomy import` or unset MATCHER_TAXONOMY") from None


def search_occupations(taxonomy: Taxonomy | None, text: str, limit: int) -> list[OccupationView]:
    """Occupations that a text may mean, most similar first; what the text turns down ("ikke rengøring") is left out."""
    known = taxonomy or Taxonomy.builtin()
    (hits,) = known.search([text], limit)
    return [
        OccupationView(
            uri=uri,
            name=known.occupations[uri].danish,
            other_names=list(known.occupations[uri].alternative_labels),
            isco08=known.occupations[uri].isco08,
            group=known.group_names.get(known.occupations[uri].isco08, ""),
            description=known.descriptions.get(uri, ""),
            similarity=round(similarity, 4),
        )
        for uri, similarity in hits
    ]
