"""The design system's macros as the pages use them: text is escaped, icons come from the file that is served."""

import re
from pathlib import Path

import pytest
from markupsafe import Markup

from service.web.rendering import STATIC, static, templates

TEMPLATES = Path(__file__).parents[2] / "service/web/templates"
MACROS = sorted((TEMPLATES / "dkfds").glob("*.html"))
HOSTILE = "<script>alert(1)</script>\"'&"


def rendered(source: str, **values: object) -> str:
    return templates.env.from_string(source).render(values)


@pytest.mark.parametrize("macro", MACROS, ids=lambda path: path.stem)
def test_a_macro_is_jinja_and_marks_nothing_as_safe(macro: Path) -> None:
    source = macro.read_text("utf-8")
    templates.env.get_template(f"dkfds/{macro.name}")
    assert "safe" not in source
    assert "===" not in source


def test_every_macro_is_used() -> None:
    used, found = set[str](), set[Path](TEMPLATES.rglob("*.html")) - set(MACROS)
    while found:
        named = {name for path in found for name in re.findall(r'"dkfds/([a-z-]+)\.html"', path.read_text("utf-8"))}
        found = {TEMPLATES / "dkfds" / f"{name}.html" for name in named - used}
        used |= named
    assert used == {macro.stem for macro in MACROS}


@pytest.mark.parametrize(
    "use",
    [
        '{% from "dkfds/alerts.html" import alert %}{{ alert({"variant": "info", "heading": x, "content": x}) }}',
        (
            '{% from "dkfds/text-input.html" import textinput %}'
            '{{ textinput({"label": x, "id": "a", "name": "a", "value": x, "helptext": x, "errorMessage": x}) }}'
        ),
        (
            '{% from "dkfds/text-area.html" import textarea %}'
            '{{ textarea({"label": x, "id": "a", "name": "a", "value": x, "helptext": x, "errorMessage": x}) }}'
        ),
        (
            '{% from "dkfds/select.html" import select %}'
            '{{ select({"label": x, "id": "a", "name": "a", "options": [{"value": x, "text": x}]}) }}'
        ),
        '{% from "dkfds/buttons.html" import button %}{{ button({"text": x, "attributes": x}) }}',
        '{% from "dkfds/badges.html" import badge %}{{ badge({"text": x}) }}',
    ],
)
def test_text_in_a_macro_is_text(use: str) -> None:
    page = rendered(use, x=HOSTILE)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&#34;&#39;&amp;" in page


def test_markup_of_a_template_is_kept() -> None:
    page = rendered(
        '{% from "dkfds/alerts.html" import alert %}{% set inside %}<a href="/x">{{ x }}</a>{% endset %}'
        '{{ alert({"variant": "info", "content": inside}) }}',
        x=HOSTILE,
    )
    assert '<a href="/x">&lt;script&gt;' in page


def test_attributes_are_made_of_a_mapping() -> None:
    page = rendered(
        '{% from "dkfds/buttons.html" import button %}'
        '{{ button({"text": "Gem", "attributes": {"type": "submit", "title": x}|xmlattr}) }}',
        x=HOSTILE,
    )
    assert 'type="submit"' in page
    assert "<script>" not in page


def test_an_icon_is_in_the_file_that_is_served() -> None:
    page = Markup(rendered('{% from "dkfds/icons--svg.html" import icon_svg %}{{ icon_svg({"name": "person"}) }}'))
    assert static("vendor/dkfds/img/all-svg-icons.svg") + "#person" in page
    assert 'id="person"' in (STATIC / "vendor/dkfds/img/all-svg-icons.svg").read_text("utf-8")


def test_the_licences_of_what_is_served_are_there() -> None:
    for licence in ("dkfds/LICENSE.md", "dkfds/fonts/LICENSE.txt", "htmx/LICENSE"):
        assert len((STATIC / "vendor" / licence).read_text("utf-8")) > 100
