"""The one helper through which every query of section-owned rows goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVarTuple

from sqlalchemy import and_, false, or_

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from fundtracker.domain.scope import Reach, Scope

    Column = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]

Columns = TypeVarTuple("Columns")


def within(
    query: Select[*Columns], scope: Scope, fund: Column, section: Column
) -> Select[*Columns]:
    """Leave of a query what lies within a scope, by the columns that say of which fund and section.

    On PostgreSQL the tables' own policies hold the same line underneath.
    """
    if scope.is_everything:
        return query
    return query.where(or_(false(), *(_reach(reach, fund, section) for reach in scope.reaches)))


def _reach(reach: Reach, fund: Column, section: Column) -> ColumnElement[bool]:
    conditions = []
    if reach.fund_id is not None:
        conditions.append(fund == reach.fund_id)
    if reach.section_id is not None:
        conditions.append(section == reach.section_id)
    return and_(*conditions)
