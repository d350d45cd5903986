"""Rule sets: numbers that differ between places, as versioned data. A used version is never changed."""

from django.conf import settings
from django.db import models


class RuleSet(models.Model):
    fiscal_year = models.PositiveIntegerField("年度")
    region = models.CharField("适用地区", max_length=60)
    version = models.PositiveIntegerField("版本", default=1)
    preset = models.CharField("预设", max_length=60)
    title = models.CharField("名称", max_length=120)
    source = models.TextField("依据", blank=True)
    data = models.JSONField("内容")
    used = models.BooleanField("已启用", default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="创建人", related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "规则集"
        ordering = ["-fiscal_year", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "region", "version"], name="one_ruleset_per_version",
                violation_error_message="该年度、该地区的这一版规则集已存在。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}年度 {self.title} 第{self.version}版"
