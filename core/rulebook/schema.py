"""Reads plain data into frozen dataclasses and back; the dataclass is the schema, every fault is found in one go.

A field is declared with `spec`. A dataclass may add `faults()` for what no single field can say.
"""

from dataclasses import MISSING, Field, field, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from core.errors import Reason, RuleViolation

_FAULTY: Any = object()


def spec(label: str, *, low: int | None = None, high: int | None = None, least: int = 0,
         default: Any = MISSING) -> Any:
    """A field with its Chinese label; `low` and `high` bound a number, `least` the length of a list or text."""
    return field(default=default, metadata={"label": label, "low": low, "high": high, "least": least})


def ratio(label: str, default: Any = MISSING) -> Any:
    """A field holding a ratio of 0–1."""
    return spec(label, low=0, high=1, default=default)


def parse(kind: type, data: Any) -> Any:
    """Build `kind` from data as JSON or YAML gives it. Raises: RuleViolation with every fault and its path."""
    reader = _Reader()
    result = reader.record(kind, data, "")
    if reader.reasons:
        raise RuleViolation(reader.reasons)
    return result


def dump(value: Any) -> Any:
    """Back to plain data: decimals and fractions as text, tuples as lists, terms as their stored value."""
    if is_dataclass(value):
        return {each.name: dump(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [dump(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, (Decimal, Fraction)) else value


class _Reader:
    def __init__(self) -> None:
        self.reasons: list[Reason] = []

    def record(self, kind: type, data: Any, path: str) -> Any:
        if not isinstance(data, dict):
            return self._refuse(path, "这里应是一组字段")
        known = {each.name: each for each in fields(kind)}
        for name in data.keys() - known.keys():
            self._refuse(_join(path, str(name)), "没有这个字段，请删去或改正名称")
        values = {name: self._field(kind, each, data, _join(path, name)) for name, each in known.items()}
        if any(value is _FAULTY for value in values.values()):
            return _FAULTY
        made = kind(**values)
        for sentence in getattr(made, "faults", tuple)():
            self._refuse(path, sentence)
        return made

    def _field(self, kind: type, declared: Field, data: dict, path: str) -> Any:
        if declared.name in data:
            return self._value(_hints(kind)[declared.name], data[declared.name], path, declared.metadata)
        if declared.default is MISSING:
            return self._refuse(f"{path}（{declared.metadata['label']}）", "缺少这一项，请补填")
        return declared.default

    def _value(self, kind: Any, data: Any, path: str, limits: Any) -> Any:
        if isinstance(kind, UnionType):
            return None if data is None else self._value(_without_none(kind), data, path, limits)
        if get_origin(kind) is tuple:
            return self._many(get_args(kind)[0], data, path, limits)
        if is_dataclass(kind):
            return self.record(kind, data, path)
        path = f"{path}（{limits['label']}）"
        if issubclass(kind, Enum):
            return self._term(kind, data, path)
        if kind is Decimal or kind is int:
            return self._number(kind, data, path, limits)
        if type(data) is not kind:
            return self._refuse(path, "应填文字" if kind is str else "应填 true 或 false")
        if kind is str and len(data.strip()) < limits["least"]:
            return self._refuse(path, "不能为空")
        return data

    def _many(self, kind: Any, data: Any, path: str, limits: Any) -> Any:
        if not isinstance(data, list | tuple) or len(data) < limits["least"]:
            return self._refuse(f"{path}（{limits['label']}）", f"应是至少 {limits['least']} 项的列表")
        values = tuple(self._value(kind, each, f"{path}[{n}]", limits) for n, each in enumerate(data, start=1))
        return _FAULTY if any(value is _FAULTY for value in values) else values

    def _term(self, kind: type[Enum], data: Any, path: str) -> Any:
        words = [member.value for member in kind]
        if data not in words:
            return self._refuse(path, f"“{data}”不在可选值 {'、'.join(words)} 之中")
        return kind(data)

    def _number(self, kind: type, data: Any, path: str, limits: Any) -> Any:
        number = _exact(data)
        if number is None:
            return self._refuse(path, f"“{data}”不是数字，请按文本填写十进制数")
        if kind is int and number != number.to_integral_value():
            return self._refuse(path, f"“{data}”应是整数")
        low, high = limits["low"], limits["high"]
        if (low is not None and number < low) or (high is not None and number > high):
            return self._refuse(path, f"“{data}”超出范围，{_range_text(low, high)}")
        return kind(number)

    def _refuse(self, path: str, what: str) -> Any:
        sentence = f"规则集的“{path}”有误：{what}。" if path else f"规则集有误：{what}。"
        self.reasons.append(Reason("rulebook", sentence))
        return _FAULTY


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _without_none(kind: UnionType) -> Any:
    return next(each for each in get_args(kind) if each is not NoneType)


def _exact(data: Any) -> Decimal | None:
    if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
        return None
    try:
        number = Decimal(data)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _range_text(low: int | None, high: int | None) -> str:
    if high is None:
        return f"应不小于 {low}"
    return f"应在 {low} 至 {high} 之间"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
