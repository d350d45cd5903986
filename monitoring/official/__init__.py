"""The paper form of this app, and how a filled one becomes a draft."""

from monitoring.official import forms, intake

__all__ = ["forms", "intake"]
