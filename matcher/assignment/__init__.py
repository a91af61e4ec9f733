"""The plan engine: who is placed where, with a proven gap and prices. The mathematics is in `problem`."""

from matcher.assignment.checks import Violation, check
from matcher.assignment.plan import Plan
from matcher.assignment.problem import AssignmentProblem, Resources, Separations
from matcher.assignment.solve import solve

__all__ = ["AssignmentProblem", "Plan", "Resources", "Separations", "Violation", "check", "solve"]
