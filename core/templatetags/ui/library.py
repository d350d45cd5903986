"""The one library that ``{% load ui %}`` brings in."""

from django import template

register = template.Library()

UNKNOWN = "—"
