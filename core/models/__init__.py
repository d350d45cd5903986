from core.models.audit import AuditEntry, AuditHead
from core.models.communication import Comment, Notice, NoticeReading, Reminder, ToDo, Watch
from core.models.files import Attachment, StagedImport
from core.models.jobs import Job
from core.models.organisation import Organisation, OrganisationKind, RoleAssignment, User
from core.models.rulesets import RuleSet

__all__ = [
    "Attachment", "AuditEntry", "AuditHead", "Comment", "Job", "Notice", "NoticeReading", "Organisation",
    "OrganisationKind", "Reminder", "RoleAssignment", "RuleSet", "StagedImport", "ToDo", "User", "Watch",
]
