"""What the life cycle keeps: its rules, how they behave, who waits, and whose stage a person has decided."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from rapport.runtime.ids import uuid7


class LifeCycleRule(models.Model):
    """When something holds, parties of one kind move from some stages to another one.

    `where` is a tree of the one filter language. Rules are tried in their order; one that is off moves nobody. With
    `after_days` the condition must have held for so many days without a break.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.TextField()
    type = models.TextField()
    position = models.IntegerField(default=0)
    from_stages = ArrayField(models.TextField(), default=list)
    to_stage = models.TextField()
    where = models.JSONField(default=dict)
    after_days = models.IntegerField(default=0)
    is_on = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class LifeCycle(models.Model):
    """How all rules behave: how long they leave alone what a person has decided, and how long a way back is closed."""

    id = models.IntegerField(primary_key=True, default=1, editable=False)
    pin_days = models.IntegerField(default=90)
    rest_days = models.IntegerField(default=14)
    has_begun = models.BooleanField(default=False)
    has_needs = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="there_is_only_one_life_cycle", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return "life cycle"

    @classmethod
    def current(cls) -> "LifeCycle":
        return cls.objects.first() or cls()


class StagePin(models.Model):
    """A person has decided the stage of a party: until that day no rule moves it. Written by a trigger on parties."""

    party = models.OneToOneField(
        "parties.Party", on_delete=models.CASCADE, primary_key=True, related_name="stage_pin"
    )
    until = models.DateField()
    by_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.party_id} until {self.until}"


class RuleWait(models.Model):
    """Since when a party fits a rule that waits some days."""

    rule = models.ForeignKey(LifeCycleRule, on_delete=models.CASCADE, related_name="waits", db_index=False)
    party = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="+")
    since = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "party"], name="a_party_waits_once_for_a_rule")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.party_id}"
