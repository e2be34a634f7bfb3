"""What machines learn from photos and their protected copies: photos x presets x networks -> rows -> an account."""

from unseen.audit.account import Audit, account, to_json
from unseen.audit.auditing import Audited, audit_pairs, references_of
from unseen.audit.pairs import Pair, Paired, paired
from unseen.audit.readers import Readers, load_readers, report_beside, surrogates_of
from unseen.audit.rows import METRICS, GivenAway, audit, given_away
from unseen.audit.summary import Estimate, Summary, estimate, summarise
from unseen.report.layout import Row, Version

__all__ = [
    "METRICS",
    "Audit",
    "Audited",
    "Estimate",
    "GivenAway",
    "Pair",
    "Paired",
    "Readers",
    "Row",
    "Summary",
    "Version",
    "account",
    "audit",
    "audit_pairs",
    "estimate",
    "given_away",
    "load_readers",
    "paired",
    "references_of",
    "report_beside",
    "summarise",
    "surrogates_of",
    "to_json",
]
