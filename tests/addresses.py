"""Every address of the product with its parameters filled in, discovered from the URL list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from rapport.accounts.background.testing import make_job
from rapport.accounts.models import Role, Team, Territory, User
from rapport.activities.recurring.deeds import begin
from rapport.api.testing import make_proposal, make_webhook
from rapport.api.tokens.store import make_token
from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.changes.sets import change_set
from rapport.kernel.comments.models import Comment
from rapport.kernel.comments.store import add_comment, delete_comment
from rapport.kernel.comments.told import MENTION
from rapport.kernel.custom import schema
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.record_types import define
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.duplicates.models import DuplicatePair
from rapport.kernel.fields import Context, Link, LongText, Text
from rapport.kernel.files.models import StoredFile
from rapport.kernel.files.store import delete_file, store_file
from rapport.kernel.imports.deeds import take_in
from rapport.kernel.imports.models import ImportTemplate
from rapport.kernel.notifications import notify
from rapport.kernel.notifications.models import Notification
from rapport.kernel.pages import blocks
from rapport.kernel.provenance.models import Disagreement
from rapport.kernel.records import Record, RuleError, save_record
from rapport.kernel.registry import RecordType, type_by_key, types
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.shares.actions import share_record
from rapport.kernel.shares.models import Share
from rapport.kernel.testing import make
from rapport.kernel.testing.known import kind_of
from rapport.kernel.testing.make import make_user
from rapport.kernel.views.models import View
from rapport.parties.life_cycle.models import LifeCycleRule
from rapport.runtime.ids import uuid7
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage
from rapport.sales.takes_part.people import add_person

HIDDEN = "Quarzblatt"  # stands in every text of the records that strangers must not see


@dataclass(frozen=True)
class Route:
    """One line of the URL list."""

    pattern: str
    name: str
    parameters: tuple[str, ...]
    view: Any = None

    @property
    def takes_post(self) -> bool:
        """False when the view says that it answers other methods only."""
        view = self.view
        while view is not None:
            code = getattr(view, "__code__", None)
            names = code.co_freevars if code is not None else ()
            if "request_method_list" in names:
                cell = view.__closure__[names.index("request_method_list")]
                return "POST" in cell.cell_contents
            view = getattr(view, "__wrapped__", None)
        return True

    @property
    def type_key(self) -> str:
        """The record type that the address itself names ("deals/<uuid:pk>/win/")."""
        first = self.pattern.partition("/")[0]
        return first if type_by_key(first) else ""

    @property
    def names_record(self) -> bool:
        """Does the address name one record, or something that belongs to one?"""
        own = {"record_id", "comment_id", "file_id", "set_id", "edge", "edge_id", "view_id", "import_id"}
        of_type = bool(self.type_key) and bool({"pk", "key"} & set(self.parameters))
        return bool(own & set(self.parameters)) or of_type or {"kind", "pk"} <= set(self.parameters)


def routes() -> list[Route]:
    """All addresses that the product answers, in order."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
    for one in patterns:
        text = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield Route(text, one.name or "", tuple(re.findall(r"<\w+:(\w+)>", text)), one.callback)
        else:
            yield from _walk(one.url_patterns, text)


@dataclass
class World:
    """What there is to find: one record of each type with everything that can belong to it, all one owner's."""

    owner: User
    records: dict[str, Record] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    edges: dict[str, Relationship] = field(default_factory=dict)
    sets: dict[str, ChangeSet] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    taking_part: Any = None  # the person's part in the deal
    started_import: Any = None
    token: Any = None
    webhook: Any = None
    proposal: Any = None
    suspicion: Any = None
    notification: Any = None
    disagreement: Any = None
    rule: Any = None
    occurrence: Any = None
    import_template: Any = None
    gone_comment: Any = None
    gone_file: Any = None
    own_type: Any = None
    job: Any = None

    def stage(self) -> Stage:
        return Stage.objects.order_by("-pk")[0]


def build_world(owner: User) -> World:
    """Make the records, with the secret word in every text."""
    world = World(owner)
    world.own_type = own_type()
    Territory.objects.get_or_create(name="Everywhere")
    for kind in types():
        own_field(kind.key)
    schema.load()
    for kind in types():
        values = {}
        for name, one in kind.editable_fields().items():
            if isinstance(one, Text | LongText) and not one.unique:
                try:
                    values[name] = one.parse(f"{HIDDEN} {name}", Context(owner))
                except Exception:  # noqa: BLE001, S112  # a field that takes no words
                    continue
        record = make_with(kind, values, owner)
        world.records[kind.key] = record
        world.sets[kind.key] = ChangeSet.objects.get(
            pk=Change.objects.filter(record_id=record.pk, act="create", part="").get().change_set_id
        )
        world.comments[kind.key] = add_comment(record, f"{HIDDEN} said", by=owner)
        upload = ContentFile(b"%PDF- secret", name=f"{HIDDEN}.pdf")
        world.files[kind.key] = store_file(upload, by=owner, record=record.entry)  # type: ignore[arg-type]
        world.shares[kind.key] = share_record(
            record, by=owner, user=make_user(f"Knows {kind.key}", role="restricted")
        )
        world.views[kind.key] = View.objects.create(type=kind.key, name=f"{HIDDEN} view", owner=owner)
    any_type = RelationshipType.objects.get_or_create(
        key="knows-of", defaults={"name": "knows of", "inverse_name": "is known to"}
    )[0]
    keys = list(world.records)
    for key, other in zip(keys, [*keys[1:], keys[0]], strict=True):
        source, target = world.records[key].entry, world.records[other].entry
        edge = Relationship(type=any_type, source=source, target=target)
        world.edges[key] = save_relationship(edge, {"role": f"{HIDDEN} role"}, by=owner)
    deal, person = world.records["deals"], world.records["people"]
    world.taking_part = add_person(deal, by=owner, person=person, role=HIDDEN).pk  # type: ignore[arg-type]
    comment = add_comment(deal, f"{HIDDEN} unsaid", by=owner)
    delete_comment(comment, by=owner)
    world.gone_comment = comment.pk
    stored = store_file(ContentFile(b"%PDF- gone", name=f"{HIDDEN}.pdf"), by=owner, record=deal.entry)  # type: ignore[arg-type]
    delete_file(stored)
    world.gone_file = stored.pk
    upload = SimpleUploadedFile(f"{HIDDEN}.csv", f"Name,E-mail\n{HIDDEN} Imported,q@example.com\n".encode())
    started = take_in(kind_of("people"), upload.name or "", upload, Context(owner))
    started.facts["others"] = 1  # contacts that can be taken in as organizations
    started.save(update_fields=["facts"])
    world.started_import = started.pk
    world.suspicion = suspect(world).pk
    world.job = make_job()
    world.disagreement = disagree(world).pk
    world.rule = LifeCycleRule.objects.create(name=HIDDEN, type="people", to_stage="lead", position=99).pk
    world.token, world.webhook = make_token(owner, HIDDEN)[0].pk, make_webhook(owner).pk
    world.proposal = make_proposal(owner, HIDDEN).pk
    notify([owner], MENTION, deal, HIDDEN)
    world.notification = Notification.objects.get(user=owner, kind=MENTION).pk
    world.import_template = ImportTemplate.objects.create(type="people", name=HIDDEN, created_by=owner).pk
    said = {"type": "call", "subject": HIDDEN, "body": HIDDEN}
    world.occurrence = begin("FREQ=WEEKLY;COUNT=9", [], by=owner, due_at=timezone.now(), values=said).pk
    return world


def make_with(kind: RecordType, values: dict[str, Any], owner: User) -> Record:
    """A record with as many of these values as its rules allow."""
    try:
        record: Record = make(kind.model, owner=owner, by=owner, **values)
    except RuleError as problem:
        kept = {name: value for name, value in values.items() if name not in problem.fields}
        record = make(kind.model, owner=owner, by=owner, **(kept or {}))
    for key, part in kind.parts.items():
        row = {
            name: f"{HIDDEN} {name}"
            for name, one in part.fields.items()
            if type(one) in (Text, LongText) and one.editable
        }
        if not row:
            continue
        try:
            with change_set(by=owner):
                record = save_record(record, {}, by=owner, parts={key: [row]})
        except RuleError:
            continue  # a part that needs more than texts
    return record


# How a parameter is filled: by "route.parameter" first, then by "parameter"; `key` is the type of the record.
FILL: dict[str, Any] = {
    "job_id": lambda world, key: [world.job],
    "record_id": lambda world, key: [world.records[key].pk],
    "pk": lambda world, key: [world.records[key].pk],
    "key": lambda world, key: [world.records[key].pk],
    "comment_id": lambda world, key: [one.pk for one in world.comments.values()],
    "file_id": lambda world, key: [one.pk for one in world.files.values()],
    "comment_restore.comment_id": lambda world, key: [world.gone_comment],
    "file_restore.file_id": lambda world, key: [world.gone_file],
    "import_id": lambda world, key: [world.started_import],
    "line": lambda world, key: [2],
    "set_id": lambda world, key: [one.pk for one in world.sets.values()],
    "view_id": lambda world, key: [world.views[key].pk],
    "edge_id": lambda world, key: [world.edges[key].pk],
    "edge": lambda world, key: [world.taking_part],
    "stage": lambda world, key: [world.stage().pk],
    "user_id": lambda world, key: [world.owner.pk],
    "team_id": lambda world, key: [Team.objects.all()[0].pk],
    "webhook_id": lambda world, key: [world.webhook],
    "proposal_id": lambda world, key: [world.proposal],
    "session_id": lambda world, key: [uuid7()],
    "factor_id": lambda world, key: [uuid7()],
    "provider_id": lambda world, key: [uuid7()],
    "invitation_id": lambda world, key: [uuid7()],
    "token": lambda world, key: ["0123456789abcdef"],
    "activity_series.key": lambda world, key: [world.occurrence],
    "activity_series_end.key": lambda world, key: [world.occurrence],
    "secret": lambda world, key: ["0123456789abcdef"],
    "token_id": lambda world, key: [world.token],
    "new_password.token": lambda world, key: ["d1x0wk-0123456789abcdef"],
    "list_cell.name": lambda world, key: one_of_each_sort(key),
    "record_field.name": lambda world, key: one_of_each_sort(key),
    "record_action.key": lambda world, key: list(kind_of(key).actions),
    "record_parts.key": lambda world, key: list(kind_of(key).parts),
    "record_composer.key": lambda world, key: [one.key for one in blocks._composers],
    "pipeline_save.pk": lambda world, key: [Pipeline.objects.all()[0].pk],
    "pipeline_stages.pk": lambda world, key: [Pipeline.objects.all()[0].pk],
    "role_id": lambda world, key: [Role.objects.all()[0].pk],
    "territory_id": lambda world, key: [Territory.objects.all()[0].pk],
    "template_id": lambda world, key: [world.import_template],
    "share_id": lambda world, key: [world.shares[key].pk],
    "type_id": lambda world, key: [world.own_type],
    "field_id": lambda world, key: [own_field(key)],
    "what": lambda world, key: ["visible"],
    "relationship_kind.key": lambda world, key: ["works_at"],
    "relationship_kind_remove.key": lambda world, key: ["works_at"],
    "notification_id": lambda world, key: [world.notification],
    "pair_id": lambda world, key: [world.suspicion],
    "rule_id": lambda world, key: [world.rule],
    "row_id": lambda world, key: [world.disagreement],
    "stage_remove.pk": lambda world, key: [world.stage().pk],
}


def disagree(world: World) -> Disagreement:
    """A program has brought another value than somebody had typed."""
    record = world.records["people"]
    found: Disagreement = Disagreement.objects.create(
        record_id=record.pk, type="people", field="position", typed=f"{HIDDEN} typed", brought=f"{HIDDEN} brought",
        cause="api",
    )  # fmt: skip
    return found


def suspect(world: World) -> DuplicatePair:
    """Two people of the owner that are probably the same."""
    person = world.records["people"]
    twin = make(type(person), owner=world.owner, name=f"{HIDDEN} Twin")
    first, second = sorted([person.pk, twin.pk])
    return DuplicatePair.objects.create(type="people", first_id=first, second_id=second, points=90)


def own_type() -> Any:
    """The id of a record type that an administrator has added: its addresses are tried like those of all others."""
    words = {"label": {"": "Machine", "de": "Maschine"}, "plural": {"": "Machines", "de": "Maschinen"}}
    if not CustomType.objects.filter(key="machines").exists():
        define.add_type(define.TypeDraft(words), by=make_user(role="administrator"))
    return CustomType.objects.get(key="machines").pk


def own_field(key: str) -> Any:
    """The id of a field that an administrator has added to that type."""
    return CustomField.objects.get_or_create(type=key or "deals", key="frame", defaults={"kind": "text"})[
        0
    ].pk


def one_of_each_sort(key: str) -> list[str]:
    """The names of editable fields, one for each field type."""
    return list({type(one): name for name, one in kind_of(key).editable_fields().items()}.values())


def addresses(route: Route, world: World) -> list[tuple[str, str]]:
    """[(address, key of the record's type)]: the route once for each way to fill its parameters."""
    found = []
    fixed = route.type_key
    keys = [kind.key for kind in types()] if "kind" in route.parameters else [fixed or types()[0].key]
    rest = [name for name in route.parameters if name != "kind"]
    for key in keys:
        ways = [_fill(route, name, world, key) for name in rest]
        for values in product(*ways):
            kwargs = dict(zip(rest, values, strict=True))
            if "kind" in route.parameters:
                kwargs["kind"] = key
            found.append((reverse(route.name, kwargs=kwargs), key))
    return found


def by_turns(route: Route, world: World, most: int = 2) -> list[tuple[str, str]]:
    """The addresses of a route for two types, by turns: each type with many routes, and in less time than all."""
    pairs = addresses(route, world)
    keys = list(dict.fromkeys(key for _address, key in pairs))
    first = sum(route.name.encode())
    chosen = {keys[(first + 2 * turn) % len(keys)] for turn in range(most)}
    return [pair for pair in pairs if pair[1] in chosen]


def _fill(route: Route, name: str, world: World, key: str) -> list[Any]:
    fill = FILL.get(f"{route.name}.{name}") or FILL.get(name)
    if fill is None:
        raise LookupError(f"Say in FILL of tests/addresses.py what stands for <{name}> in {route.pattern}")
    values: list[Any] = fill(world, key)
    return values


def links_to(world: World, key: str) -> dict[str, str]:
    """For each field of that type that links to a record: one that fits."""
    found = {}
    for name, one in kind_of(key).editable_fields().items():
        if isinstance(one, Link):
            fitting = [record for record in world.records.values() if isinstance(record, one.related_model)]
            found[name] = str(fitting[0].pk)
    return found


def bodies(world: World, key: str) -> list[dict[str, Any]]:
    """What somebody could send to change the record: every name that a form of ours uses."""
    kind, record = kind_of(key), world.records[key]
    form: dict[str, Any] = {}
    for name, one in kind.editable_fields().items():
        value = one.read(record)
        said = one.input(value) if not one.is_multiple else value
        form[name] = "Taken over" if isinstance(one, Text | LongText) else said
        if isinstance(form[name], list | tuple):
            form[name] = [str(part) for part in form[name]]
        elif form[name] is None:
            form[name] = ""
    person, reason = world.records["people"], LossReason.objects.first()
    form |= {
        "version": str(record.version), "text": "Taken over", "value": "Taken over", "said": "Taken over",
        "person": str(person.pk), "people": str(person.pk), "other": str(person.pk), "type": "knows-of:out",
        "role": "Taken over", "typed": "1", "loss_reason": str(reason.pk) if reason else "", "email": "a@example.com",
        "subject": "Taken over", "kind": "note", "when": "tomorrow", "day": "tomorrow", "act": "save", "deed": "forget",
    }  # fmt: skip
    json = {"stage": str(world.stage().pk), "version": record.version, "before": None, "after": None}
    return [form, {"json": json}, {}]
