from targets.views.approval import ApprovalList, AwaitingApproval, adjust, approval, approve_many
from targets.views.batch import pass_ticked
from targets.views.comments import comment_on, settle_comment
from targets.views.department import (
    DepartmentDeclarationList,
    DepartmentGrid,
    DepartmentStep,
    department,
    edit_department,
    open_department,
)
from targets.views.editing import copy_last_year, edit_goal, open_one, start
from targets.views.grid import DeclarationGrid
from targets.views.library import (
    LibraryList,
    LibraryStep,
    department_suggestions,
    library_add,
    library_edit,
    library_indicator,
    suggestions,
)
from targets.views.lists import DeclarationList
from targets.views.quality import keep_warning, mend
from targets.views.review import DeclarationStep, review
from targets.views.schedule import edit_schedule
from targets.views.show import declaration

__all__ = [
    "DepartmentDeclarationList", "DepartmentStep", "department", "edit_department", "DepartmentGrid",
    "open_department",
    "LibraryList", "LibraryStep", "library_add", "library_edit", "library_indicator", "suggestions",
    "department_suggestions",
    "edit_schedule",
    "ApprovalList", "AwaitingApproval", "approval", "approve_many",
    "DeclarationList", "DeclarationStep", "adjust", "comment_on", "copy_last_year", "declaration", "edit_goal",
    "DeclarationGrid", "keep_warning", "mend", "open_one", "pass_ticked", "review", "settle_comment", "start",
]
