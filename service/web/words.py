"""What errors and roles are called on the pages, in the reader's language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from matcher.domain.validation import LIKE_CPR, InvalidValueError
from matcher.language import Language
from service import danish
from service.problems import Problem
from service.settings import Role
from service.web.translation import _, current_language

_ROLES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.JOB_CONSULTANT: "job consultant",
        Role.CASEWORKER: "caseworker",
        Role.TEAM_LEAD: "team lead",
        Role.OPERATIONS: "operations",
        Role.AUDITOR: "auditor",
        Role.CASE_SYSTEM: "case system",
    }
)


def role_name(role: Role) -> str:
    """A role."""
    return danish.ROLES[role] if current_language() is Language.DANISH else _ROLES[role]


def problem_text(problem: Problem) -> str:
    """A business error as a sentence or two. It names fields and never repeats what they held."""
    if current_language() is Language.DANISH:
        return danish.problem_text(problem)
    said = (problem.title, problem.detail, *map(str, problem.errors))
    return " ".join(f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in said if text)


def text_refused(error: InvalidValueError) -> str:
    """What is wrong with a text that somebody has written and that cannot be kept."""
    if error.problem == LIKE_CPR:
        return _("Der ser ud til at stå et CPR-nummer i teksten. Udelad det.")
    return _("Teksten er for lang eller har tegn, der ikke kan gemmes. Højst 4.000 tegn.")
