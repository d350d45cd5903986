"""绩效目标: what the money is to achieve. A declaration is one version; its indicators are its lines."""

from targets.models.adjustments import AdjustmentGround, TargetAdjustment
from targets.models.approvals import Approval
from targets.models.declarations import SETTLED, DeclarationState, TargetDeclaration
from targets.models.department import (
    DepartmentDeclaration,
    DepartmentIndicator,
    DepartmentState,
    DepartmentTask,
)
from targets.models.indicators import (
    LEVEL1_OF,
    LEVEL2_OF,
    Indicator,
    IndicatorLine,
    IndicatorQuerySet,
    Level1,
    Level2,
    Operator,
    ValueType,
)
from targets.models.library import Direction, LibraryIndicator, LibraryQuerySet, LibraryState
from targets.models.quality import KeptWarning, KeptWarningQuerySet
from targets.models.reviews import DeclarationReview, DeclarationSubmission, FieldComment, ReviewQuerySet
from targets.models.schedule import ScheduleItem

__all__ = [
    "DepartmentDeclaration", "DepartmentIndicator", "DepartmentState", "DepartmentTask", "IndicatorLine",
    "AdjustmentGround", "Approval", "TargetAdjustment",
    "DeclarationReview", "DeclarationState", "DeclarationSubmission", "FieldComment", "Indicator",
    "IndicatorQuerySet", "LEVEL1_OF", "LEVEL2_OF", "Level1", "SETTLED",
    "Level2", "Operator", "ReviewQuerySet", "TargetDeclaration", "ValueType",
    "KeptWarning", "KeptWarningQuerySet",
    "Direction", "LibraryIndicator", "LibraryQuerySet", "LibraryState", "ScheduleItem",
]
