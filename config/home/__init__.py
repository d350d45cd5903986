"""The pages that read every app: the frame around them, workbench, search, cockpit."""

from config.home.frame import shell

__all__ = ["shell"]
