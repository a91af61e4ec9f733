"""The plan on paper: what it says is read back from the PDF, with title, language, tags and page numbers."""

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from service.use_cases.plan_pdf import Part, PlanDocument, ProposalLine, UnplacedLine, plan_pdf

LINE = ProposalLine(
    "Åse Øgård",
    "Kaj Æbelø",
    "Køkken, Caféen",
    "Jobmålet passer, og timerne passer.",
    "5. oktober 2026",
    "88 %",
    "Venter",
)
DOCUMENT = PlanDocument(
    language="da",
    title="Nattens plan",
    lead="Plan for 1. oktober 2026.",
    figures=[("Har fået et forslag", "1"), ("Uden plads", "1")],
    explained="Planens forslag passer tilsammen 0,9.",
    notes=[],
    page="Side {page} af {pages}",
    proposals=Part("Forslag", ["Borger", "Plads", "Begynder", "Passer", "Afgørelse"], [LINE], "Ingen."),
    unplaced=Part(
        "Uden plads", ["Borger", "Hvorfor"], [UnplacedLine("Bo", "Kaj", "Klyngens fælles pladser er brugt.")], "Ingen."
    ),
)


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_everything_is_written_and_can_be_read() -> None:
    text = text_of(plan_pdf(DOCUMENT, standard="ua-1"))
    for said in ("Nattens plan", "Åse Øgård", "Kaj Æbelø", "Køkken, Caféen", "Jobmålet passer", "88 %", "Venter"):
        assert said in text
    assert "Klyngens fælles pladser er brugt." in text
    assert "Side 1 af 1" in text


def test_it_is_tagged_with_title_and_language() -> None:
    reader = PdfReader(BytesIO(plan_pdf(replace(DOCUMENT, language="en", title="Last night's plan"))))
    assert reader.metadata is not None
    assert reader.metadata.title == "Last night's plan"
    assert str(reader.root_object["/Lang"]) == "en"
    assert "'/Marked': True" in str(reader.root_object["/MarkInfo"])
    assert "/StructTreeRoot" in reader.root_object
    assert all(
        "/FontFile3" in str(descriptor) or "/FontFile2" in str(descriptor) for descriptor in _descriptors(reader)
    )


def _descriptors(reader: PdfReader) -> list[object]:
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    found = [one["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for one in fonts]
    assert found, "every font is embedded"
    return found


def test_long_plans_have_numbered_pages_with_the_headings_again() -> None:
    many = replace(DOCUMENT, proposals=replace(DOCUMENT.proposals, lines=[LINE] * 100))
    pages = PdfReader(BytesIO(plan_pdf(many, standard="ua-1"))).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Side {number} af {len(pages)}" in page.extract_text()
    assert "Begynder" in pages[1].extract_text()


@pytest.mark.parametrize("text", ["#strong[hej] $x$ \\ *a* _b_", '"}], <script>', '#import "x"', "= overskrift"])
def test_text_is_text_and_never_markup(text: str) -> None:
    line = replace(LINE, citizen=text, reason=text)
    written = text_of(plan_pdf(replace(DOCUMENT, title=text, proposals=replace(DOCUMENT.proposals, lines=[line]))))
    assert written.replace(" ", "").replace("’", "'").count(text.replace(" ", "")) >= 3


def test_a_name_that_the_font_does_not_have_stops_nothing() -> None:
    lines = [replace(LINE, citizen="محمد 李 🙂 Łukasz Çelik")]
    assert "Łukasz Çelik" in text_of(plan_pdf(replace(DOCUMENT, proposals=replace(DOCUMENT.proposals, lines=lines))))


def test_a_plan_without_lines_says_so() -> None:
    nobody = replace(
        DOCUMENT,
        proposals=replace(DOCUMENT.proposals, lines=[], empty="Ingen forslag."),
        unplaced=replace(DOCUMENT.unplaced, lines=[], empty="Alle har et forslag."),
    )
    text = text_of(plan_pdf(nobody, standard="ua-1"))
    assert "Ingen forslag." in text
    assert "Alle har et forslag." in text
