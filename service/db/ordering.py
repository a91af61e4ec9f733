"""The order of ids: the same in every database, and the same as Python's."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import String


class by_code_point(FunctionElement[str]):  # noqa: N801 - reads as a function of SQL
    """A column of text, ordered and compared character code by character code.

    PostgreSQL sorts text by the language of its database, where "Aa" may come last and case counts for little. Plans
    and pages follow the order of ids, so it must not depend on where they are stored. SQLite sorts so already.
    """

    type = String()
    inherit_cache = True


@compiles(by_code_point)
def _as_it_is(element: by_code_point, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(by_code_point, "postgresql")
def _collated(element: by_code_point, compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)}) COLLATE "C"'
