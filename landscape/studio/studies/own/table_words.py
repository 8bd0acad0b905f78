"""What is said of a reader's table and of a model fitted to it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from landscape import LOSSES, OPTIMIZERS, Dataset, Objective
from landscape.datasets import KINDS, Table, TableError
from landscape.figures.heights import number
from landscape.risk import FitStatistics, StatisticsError
from landscape.studio import tabled
from landscape.studio.fitted import Arrival, Fit, agreement, interval
from landscape.studio.links import quoted
from landscape.studio.tabled import Columns, Example, Formula, Setup
from landscape.studio.texts import N_, _, ngettext

MOST_ROWS = 12
"""Parameters in the table of a fit."""

MARKS = {",": N_("commas"), ";": N_("semicolons"), "\t": N_("tabs")}
"""What stands between the fields."""

KINDS_OF_COLUMNS = {"number": N_("numbers"), "text": N_("text"), "empty": N_("nothing")}


def problem(error: TableError) -> str:
    """Why a file or its columns cannot be used, in the reader's language and with no Markdown of the file."""
    shown: dict[str, Any] = {}
    for name, value in error.values.items():
        shown[name] = _(value) if name == "delimiter" else _plain(value)
    return _(KINDS[error.kind]).format(**shown)


def _plain(value: Any) -> Any:
    """Text of a file that is no Markdown and says no more than a line."""
    if not isinstance(value, str):
        return value
    return "".join("\\" + each if each in "\\`*_[]<>$~#|:" else each for each in value)


def read_as(found: Table) -> str:
    """How a file was read, in one line."""
    rows = ngettext("{count} row", "{count} rows", found.num_rows).format(count=f"{found.num_rows:,}")
    columns = ngettext("{count} column", "{count} columns", len(found.columns)).format(
        count=len(found.columns)
    )
    decimal = _("decimal point") if found.decimal == "." else _("decimal comma")
    head = _("names in the first row") if found.header else _("no names: x1, x2, …")
    said = [rows, columns, found.encoding.upper(), _(MARKS.get(found.delimiter, found.delimiter)), decimal]
    parts = " · ".join([*said, head])
    if found.num_blank_rows:
        parts += " · " + _("{count} blank rows left out").format(count=found.num_blank_rows)
    return parts


def types(found: Table) -> dict[str, list[Any]]:
    """The columns as a table: name, what it holds, how many values are missing."""
    return {
        _("Column"): list(found.names),
        _("Holds"): [_holds(column) for column in found.columns],
        _("Missing"): [column.num_missing for column in found.columns],
    }


def _holds(column: Any) -> str:
    words = _(KINDS_OF_COLUMNS[column.kind])
    if column.kind == "text" and column.classes:
        return (
            words
            + " · "
            + ngettext("{count} class", "{count} classes", len(column.classes)).format(
                count=len(column.classes)
            )
        )
    return f"{words} · {column.unit}" if column.unit else words


def replaced(found: Table, columns: Columns, data: Dataset) -> str:
    """What became of missing values, with their number; empty where there were none."""
    dropped = found.num_rows - data.num_examples
    filled = sum(found.column(name).num_missing for name in columns.features)
    parts = []
    if dropped:
        parts.append(
            _("{count} of {total} rows are dropped, since a value is missing in them.").format(
                count=f"{dropped:,}", total=f"{found.num_rows:,}"
            )
        )
    if columns.missing == "mean" and filled:
        parts.append(
            _("{count} missing values are replaced by the mean of their column.").format(count=f"{filled:,}")
        )
    return " ".join(parts)


def naming(formula: Formula, data: Dataset) -> str:
    """Which feature is which variable, and what is a parameter."""
    named = ", ".join(
        f"`{variable}` = {quoted(feature)}"
        for variable, feature in zip(formula.variables, data.feature_names, strict=True)
    )
    return _("{named}; parameters: {parameters}").format(
        named=named, parameters=", ".join(f"`{name}`" for name in formula.parameters) or "–"
    )


def refused(reasons: Mapping[str, str]) -> str:
    """Which optimizers are not offered, and why not."""
    whys = {
        "residuals": _("need a loss that is a sum of squares, without L1"),
        "jacobian": _("would need a Jacobian of too many rows and columns"),
        "parameters": _("keep a matrix of all parameters at every step, too large for so many"),
    }
    lines = []
    for reason, why in whys.items():
        names = [_(OPTIMIZERS[name].title) for name, each in reasons.items() if each == reason]
        if names:
            lines.append(_("Not offered: {names}, which {why}.").format(names=", ".join(names), why=why))
    return "  \n".join(lines)


def heading(setup: Setup, data: Dataset, risk: Objective) -> str:
    """The model, the loss and the examples, as Markdown."""
    made = tabled.model(setup, data)
    count = ngettext("{count} example", "{count} examples", data.num_examples).format(
        count=f"{data.num_examples:,}"
    )
    unknowns = ngettext("{count} parameter", "{count} parameters", risk.num_parameters).format(
        count=risk.num_parameters
    )
    parts = [f"${made.formula}$", _(LOSSES[setup.loss].title), count, unknowns]
    if setup.penalty != "none":
        parts.insert(2, f"{setup.penalty.upper()} {setup.strength:g}")
    return " · ".join(parts)


def headline(found: Arrival, optimizer: str, steps: int, names: Sequence[str], end: np.ndarray) -> str:
    """Whether the optimizer has arrived, and where it stands, in words."""
    title = _(OPTIMIZERS[optimizer].title)
    said = {
        "optimizer": title,
        "steps": ngettext("{count} step", "{count} steps", steps).format(count=f"{steps:,}"),
        "loss": number(found.loss),
        "best": number(found.best),
        "slope": number(found.slope),
        "place": ", ".join(
            f"{name} = {number(value)}" for name, value in zip(names[:4], end[:4].tolist(), strict=True)
        )
        + (", …" if len(names) > 4 else ""),
    }
    if found.outcome == "arrived":
        return _(
            "**{optimizer} has arrived** after {steps}: loss {loss}, the least that is known; "
            "gradient norm {slope}."
        ).format(**said)
    if found.outcome == "diverged":
        return _(
            "**{optimizer} fails from this start**: its numbers are no longer finite. The least loss known "
            "is {best}."
        ).format(**said)
    if found.outcome == "level":
        return _(
            "**{optimizer} has not arrived** after {steps}: it stands at {place}, where the loss is {loss} "
            "and almost level (gradient norm {slope}): a plateau, or a minimum of its own. The least loss "
            "known is {best}."
        ).format(**said)
    return _(
        "**{optimizer} has not arrived** after {steps}: it stands at {place}, where the loss is {loss}, and "
        "still moves (gradient norm {slope}). The least loss known is {best}."
    ).format(**said)


def certified(known: Example, end: np.ndarray) -> str:
    """In how many digits the last step agrees with NIST's certified values."""
    digits = agreement(end, np.array(known.certified))
    if not np.isfinite(digits) or digits < 1:
        return _("No digit agrees with NIST’s certified values.")
    return _("It agrees with NIST’s certified values in {digits} digits.").format(
        digits=f"{min(digits, 11.0):.1f}"
    )


def reference(fit: Fit, convex: bool) -> str:
    """How the least loss that is known was found."""
    if convex and fit.exact:
        return _("The loss is convex: the best fit is its minimum, found by Newton’s method.")
    if convex:
        return _(
            "**The loss has no minimum**: the classes can be separated, and ever larger weights cost ever "
            "less. A penalty gives it one."
        )
    return _(
        "The best fit is the lowest end of several searches from other starts: no proof that there is "
        "no lower."
    )


def estimates(
    names: Sequence[str],
    end: np.ndarray,
    fit: Fit,
    statistics: FitStatistics | None,
    known: Example | None,
) -> str:
    """The parameters with their standard errors, as a Markdown table."""
    best = tabled.flat(fit.params)
    head = [_("Parameter"), _("Last step"), _("Best fit")]
    if statistics is not None:
        head += [_("Standard error"), _("95 % interval")]
    if known is not None:
        head += [_("NIST certified"), _("its standard error")]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    errors = None if statistics is None else tabled.flat(statistics.standard_errors)
    for row, name in enumerate(names[:MOST_ROWS]):
        cells = [f"`{name}`", digits(end[row]), digits(best[row])]
        if errors is not None and statistics is not None:
            low, high = interval(best[row], errors[row], statistics.degrees_of_freedom)
            cells += [digits(errors[row]), f"{digits(low, 5)} … {digits(high, 5)}"]
        if known is not None:
            cells += [digits(known.certified[row], 11), digits(known.deviations[row])]
        lines.append("| " + " | ".join(cells) + " |")
    if len(names) > MOST_ROWS:
        lines.append("| … |" + " |" * (len(head) - 1))
    return "\n".join(lines)


def digits(value: float, count: int = 8) -> str:
    """A number with so many digits.

    Example:
        >>> digits(238.94212918), digits(5.5015643181e-04, 11), digits(float("nan"))
        ('238.94213', '0.00055015643181', 'NaN')
    """
    if not np.isfinite(value):
        return number(value)
    text = f"{value:.{count}g}"
    return (number(value) if "e" in text else text).replace("-", "−")


def quality(statistics: FitStatistics | None, why: str, known: Example | None) -> str:
    """Sum of squares, residual deviation, degrees of freedom, condition number, and what they assume."""
    if statistics is None:
        return why
    parts = []
    if statistics.residual_standard_deviation is not None:
        certified = f" (NIST {digits(known.residual_deviation)})" if known is not None else ""
        parts += [
            f"{_('residual sum of squares')} {digits(statistics.residual_sum_of_squares or 0.0)}",
            f"{_('residual standard deviation')} {digits(statistics.residual_standard_deviation)}{certified}",
        ]
    parts += [
        f"{_('degrees of freedom')} {digits(statistics.degrees_of_freedom, 5)}",
        f"{_('condition number')} {number(statistics.condition_number)}",
    ]
    assumed = {
        "least-squares": _(
            "The standard errors take the model to be right, its errors to be independent and of one "
            "variance, and the model to be nearly straight as far as they reach."
        ),
        "ridge": _(
            "With a penalty the estimates are drawn towards 0: the standard errors tell how wide the "
            "penalized loss is, and nothing of that bias."
        ),
        "likelihood": _(
            "The standard errors take the model to be right and the examples to be independent and many: "
            "they come from the curvature of the log-likelihood."
        ),
    }
    return " · ".join(parts) + "  \n" + assumed[statistics.method]


def without_errors(error: StatisticsError) -> str:
    """Why there are no standard errors."""
    reasons = {
        "no-likelihood": _("this loss is neither a squared error nor a likelihood."),
        "corners": _("an L1 penalty has a corner at 0."),
        "too-few-examples": _("there must be more examples than parameters."),
        "too-large": _("the table and the model are too large together."),
        "not-finite": _("the model is not finite at the best fit."),
        "no-minimum": _("the best fit that is known is no minimum."),
    }
    return _("No standard errors: {reason}").format(reason=reasons[error.kind])


def show_table(found: Table) -> None:
    """How a file was read, its first rows and its columns."""
    left, right = st.columns([2, 1])
    rows = np.array(found.first_rows, dtype=object)
    left.caption(_("The first rows, as they are written"))
    left.dataframe(
        {name: rows[:, place].tolist() for place, name in enumerate(found.names)},
        hide_index=True,
        height=280,
    )
    right.caption(_("The columns"))
    right.dataframe(types(found), hide_index=True, height=280)
