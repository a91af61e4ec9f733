"""The plan engine: who is placed where, with a proven gap and prices. The mathematics is in `problem`."""

from matcher.assignment.checks import Violation, check
from matcher.assignment.components import Component, components, merge
from matcher.assignment.leftout import LeftOut, left_out
from matcher.assignment.plan import Plan
from matcher.assignment.problem import AssignmentProblem, Resources, Separations
from matcher.assignment.quality import Quality, quality
from matcher.assignment.replan import Replanned, replan
from matcher.assignment.solve import solve

__all__ = [
    "AssignmentProblem",
    "Component",
    "LeftOut",
    "Plan",
    "Quality",
    "Replanned",
    "Resources",
    "Separations",
    "Violation",
    "check",
    "components",
    "left_out",
    "merge",
    "quality",
    "replan",
    "solve",
]
