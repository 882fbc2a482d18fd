"""resolutionkit closes the loop with unhappy customers, inside the survey product that embeds it.

``Tracker.open(url)`` is the way in; a response recorded there becomes an issue if its score is low, and
``tracker.as_user(id)`` gives a person the desk from which to work it.

Each name is imported from its home when it is first asked for: a program that only needs a scale, or shows its help,
does not wait for the rest. ``__init__.pyi`` says the same to type checkers.

A program may import this before it runs pytest, which would warn that it cannot be rewritten: PYTEST_DONT_REWRITE.
"""

from importlib import import_module

_HOMES = {
    "decisions.classify": ("classify",),
    "decisions.explaining": ("OpenedBefore", "RoutingExplained", "RuleExplained"),
    "decisions.routing": ("RoutedBy",),
    "decisions.ruling": ("Ruling",),
    "errors": (
        "AccessDenied",
        "AccountNotFound",
        "CommitUnknown",
        "DirectoryError",
        "Fault",
        "FaultsFound",
        "ImportFailed",
        "InvalidCommand",
        "InvalidCursor",
        "InvalidFilter",
        "InvalidResponse",
        "InvalidScore",
        "InvalidValue",
        "IssueNotFound",
        "KeyReused",
        "MappingError",
        "MissingExtra",
        "NotADatabase",
        "NoteRequired",
        "PersonNotFound",
        "PluginError",
        "PolicyError",
        "ReasonRequired",
        "ResolutionKitError",
        "ResponseNotFound",
        "SchemaMismatch",
        "StorageBusy",
        "StorageError",
        "StorageReadOnly",
        "StorageUnavailable",
    ),
    "importing.mapping": ("ImportMapping",),
    "importing.rows": ("RejectedRow",),
    "importing.updates": ("read_update",),
    "importing.webhooks": ("WebhookNotVerified", "WebhookUnreadable", "read_webhook"),
    "model.alerts": ("AlertsRun", "Digest", "DigestLine"),
    "model.condition_data": ("read_condition",),
    "model.condition_fields": ("InvalidCondition",),
    "model.conditions": ("AllOf", "AnyOf", "Comparison", "Condition", "Not", "condition_faults"),
    "model.commands": ("InboundUpdate",),
    "model.conflicts": (
        "MergeProblem",
        "MergeRefused",
        "MoveRefused",
        "ResponseConflict",
        "ResponseHasIssue",
        "ResponseMoved",
        "ResponseReplaced",
        "StaleIssue",
    ),
    "model.events": (
        "Cause",
        "CauseKind",
        "CheckAnswered",
        "CheckAsked",
        "CorrectionRecorded",
        "Escalated",
        "Event",
        "Followed",
        "GroupChanged",
        "IssueOpened",
        "LevelRaised",
        "LimitReminded",
        "Merged",
        "MergedInto",
        "NoteAdded",
        "Reassigned",
        "Reopened",
        "ReplacementRecorded",
        "ResponseRepaired",
        "RootCauseRecorded",
        "StatusChanged",
        "Unfollowed",
    ),
    "model.fornotes": ("ForNotes", "NotesSaved", "NotesSearch"),
    "model.history": ("replay",),
    "model.issue": (
        "Episode",
        "Issue",
        "IssueLine",
        "Phase",
        "RootCause",
        "Side",
        "Status",
    ),
    "model.lookups": ("AsyncLookupDirectory", "LookupDirectory"),
    "model.deliveries": ("Delivered", "Delivery", "Fate", "NotDelivered"),
    "model.messages": (
        "Message",
        "Topic",
        "Why",
    ),
    "model.notes": (
        "Note",
        "NoteLog",
    ),
    "model.people": (
        "Access",
        "AccessKind",
        "Group",
        "Person",
        "StaticDirectory",
    ),
    "model.plaindata": ("plain_data",),
    "model.preferences": ("Preferences",),
    "model.preferences_data": ("read_preferences",),
    "model.quarantine": ("QuarantineReason",),
    "model.query": (
        "Counts",
        "IssueFilter",
        "Order",
        "Page",
        "RecoveryFilter",
        "ResponseFilter",
        "ResponseLine",
    ),
    "model.quiet_hours": ("QuietHours",),
    "model.response": (
        "Answer",
        "Contact",
        "Response",
        "ResponseRecord",
        "Standing",
    ),
    "model.results": (
        "Advice",
        "AdviceCode",
        "Change",
        "ChangeOrRefusal",
        "Classification",
        "Demands",
        "Erased",
        "LegalMove",
        "Outcome",
        "Recorded",
        "RecordedMany",
        "Rejection",
        "ResponseChange",
        "ResponseChangeOrRefusal",
    ),
    "model.recovery_report": ("RecoveryReport", "ReportEntry"),
    "model.scale": (
        "CES_7",
        "CSAT_5",
        "Category",
        "NPS",
        "Scale",
        "THUMBS",
    ),
    "model.timers": ("AccountTimers", "TimersRun"),
    "model.values": ("Attributes",),
    "notify.email.faults": ("EmailTextError",),
    "notify.email.notifier": ("EmailNotifier",),
    "notify.links": (
        "LinkAction",
        "LinkClaim",
        "LinkExpired",
        "LinkForged",
        "Links",
    ),
    "notify.apprise": ("AppriseNotifier",),
    "notify.payload": ("webhook_payload_schema",),
    "notify.report_links": ("ReportClaim", "read_report_link", "report_url"),
    "notify.webhook": ("WebhookObserver",),
    "notify.wording": ("ShortText", "short_text"),
    "policy.alerts": ("Alerts",),
    "policy.assignment": ("AssignTo", "Assignment", "read_assignment"),
    "policy.calendar": ("BusinessCalendar",),
    "policy.deadline": ("Deadline", "DeadlineState"),
    "policy.directory_file": ("load_directory",),
    "policy.escalation": ("Accountable", "AccountableAs", "ClosingCheck", "EscalationLevel"),
    "policy.policy": ("Policy",),
    "policy.policy_schema": ("policy_schema",),
    "policy.rules": ("Rule", "RulesApply", "rule_faults"),
    "policy.stretches": ("Stretch", "StretchReason"),
    "policy.surveys": ("SurveyRules",),
    "policy.targets": ("Target", "TargetKind", "Targets"),
    "policy.versions": ("PolicyVersion",),
    "policy.workflow": (
        "Move",
        "StatusRule",
        "Workflow",
    ),
    "policy.workflows": ("workflows",),
    "ports": ("AsyncDirectory", "AsyncNotifier", "Directory", "Notifier", "WriteConflict"),
    "reports.html": ("as_html",),
    "reports.paces": ("Pace",),
    "reports.pdf": ("Pdf", "PdfNotMade", "as_pdf"),
    "reports.performance": ("Performance",),
    "reports.performance_lines": ("PerformanceBy", "PerformanceLine"),
    "reports.plaintext": ("as_text",),
    "tracker.aio.desk": ("AsyncDesk", "AsyncInbox"),
    "tracker.aio.reportvisits": ("AsyncReportVisit",),
    "tracker.aio.settings": ("AsyncAccountSettings",),
    "tracker.aio.tracker": ("AsyncTracker",),
    "tracker.aio.visits": ("AsyncLinkVisit",),
    "tracker.desk": ("Desk",),
    "tracker.explaining": ("RuleTrial", "RulesTried"),
    "tracker.imports": ("ImportReport",),
    "tracker.inbox": ("Inbox",),
    "tracker.leaving": ("Leaver",),
    "tracker.linkproblems": ("LinkProblem", "LinkRefused"),
    "tracker.linkviews": (
        "LinkDone",
        "LinkForm",
        "LinkView",
        "PreferencesView",
    ),
    "tracker.pipeline": ("AccountSettings",),
    "tracker.reportvisits": ("ReportSaved", "ReportView", "ReportVisit"),
    "tracker.tracker": ("Tracker",),
    "tracker.visits": ("LinkVisit",),
}
"""Where each public name lives, by module."""

_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = frozenset({"bridge", "hooks", "ports", "serialize"})
"""The public modules for authors of plugins; ``resolutionkit.testing`` needs an extra, and is imported by its name."""

__all__ = tuple(sorted(_HOME_OF))


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, and keep it."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME_OF[name]}")
    value = globals()[name] = getattr(module, name, module)  # a home of the same name, such as workflows, is the value
    return value


def __dir__() -> list[str]:
    """List the public names, those included that nobody has asked for yet."""
    return sorted({*globals(), *__all__, *_MODULES})
