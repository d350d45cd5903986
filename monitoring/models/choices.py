"""What may be chosen in a report: lamps, likelihood, quality, reasons of deviation; states of an alert."""


from django.db import models

from core.rulebook.terms import Lamp, Likelihood
from core.scoring import Quality


class LampColour(models.TextChoices):
    RED = Lamp.RED.value, Lamp.RED.label
    YELLOW = Lamp.YELLOW.value, Lamp.YELLOW.label
    GREEN = Lamp.GREEN.value, Lamp.GREEN.label
    BLUE = Lamp.BLUE.value, Lamp.BLUE.label
    GREY = Lamp.GREY.value, Lamp.GREY.label


class LikelihoodChoice(models.TextChoices):
    CERTAIN = Likelihood.CERTAIN.value, Likelihood.CERTAIN.label
    POSSIBLE = Likelihood.POSSIBLE.value, Likelihood.POSSIBLE.label
    IMPOSSIBLE = Likelihood.IMPOSSIBLE.value, Likelihood.IMPOSSIBLE.label


class QualityChoice(models.TextChoices):
    REACHED = Quality.REACHED.value, Quality.REACHED.label
    PARTLY = Quality.PARTLY.value, Quality.PARTLY.label
    MISSED = Quality.MISSED.value, Quality.MISSED.label


class DeviationReason(models.TextChoices):
    FUNDING = "funding", "经费保障"
    POLICY_SYSTEM = "policy_system", "制度保障"
    STAFFING = "staffing", "人员保障"
    HARDWARE = "hardware", "硬件条件保障"
    OTHER = "other", "其他"


class AlertState(models.TextChoices):
    OPEN = "open", "未处置"
    CORRECTING = "correcting", "纠偏中"
    VERIFYING = "verifying", "待销号"
    CLOSED = "closed", "已销号"
