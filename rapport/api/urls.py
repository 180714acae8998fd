"""Addresses of the API; each says which method does what."""

from django.urls import path, re_path

from rapport.api import about
from rapport.api.administration import roles, territories
from rapport.api.bulk import endpoints as bulk
from rapport.api.changes import endpoints as changes
from rapport.api.changes import sets
from rapport.api.documents import endpoints as documents
from rapport.api.endpoint import endpoint
from rapport.api.proposals import endpoints as proposals
from rapport.api.records import (
    duplicates,
    figures,
    files,
    lists,
    merging,
    relations,
    shares,
    single,
    timeline,
)

RECORD = "<str:type_key>/<str:record_id>"
EVERY = ("GET", "POST", "PUT", "PATCH", "DELETE")

# First words that are no record types; a custom type cannot be called so.
RESERVED = (
    "me",
    "types",
    "relationship-types",
    "files",
    "changes",
    "change-sets",
    "proposals",
    "administration",
    "openapi.json",
)

urlpatterns = [
    path("openapi.json", endpoint(GET=documents.openapi), name="api_openapi"),
    path("me", endpoint(GET=about.me), name="api_me"),
    path("types", endpoint(GET=about.list_types), name="api_types"),
    path("types/<str:type_key>", endpoint(GET=about.one_type), name="api_type"),
    path("relationship-types", endpoint(GET=relations.list_types), name="api_relationship_types"),
    path("files/<str:file_id>", endpoint(GET=files.download, DELETE=files.remove_file), name="api_file"),
    path("changes", endpoint(GET=changes.changes), name="api_changes"),
    path("change-sets", endpoint(GET=sets.list_sets), name="api_change_sets"),
    path("change-sets/<str:set_id>", endpoint(GET=sets.read_set), name="api_change_set"),
    path("change-sets/<str:set_id>/undo", endpoint(POST=sets.undo), name="api_undo"),
    path("proposals", endpoint(GET=proposals.list_proposals), name="api_proposals"),
    path("proposals/<str:proposal_id>", endpoint(GET=proposals.read_proposal), name="api_proposal"),
    path("administration/roles", endpoint(GET=roles.list_roles, POST=roles.add_role), name="api_roles"),
    path(
        "administration/roles/<str:role_id>",
        endpoint(GET=roles.read_role, PATCH=roles.change_role, DELETE=roles.remove_role),
        name="api_role",
    ),
    path(
        "administration/territories",
        endpoint(GET=territories.list_territories, POST=territories.add_territory),
        name="api_territories",
    ),
    path(
        "administration/territories/<str:territory_id>",
        endpoint(
            GET=territories.read_territory,
            PATCH=territories.change_territory,
            DELETE=territories.remove_territory,
        ),
        name="api_territory",
    ),
    path("<str:type_key>/figures", endpoint(GET=figures.figures), name="api_figures"),
    path("<str:type_key>/duplicates", endpoint(POST=duplicates.ask), name="api_duplicates_check"),
    path("<str:type_key>/bulk", endpoint(POST=bulk.bulk), name="api_bulk"),
    path(
        "<str:type_key>/external/<str:source>/<str:key>",
        endpoint(GET=bulk.read_external, PUT=bulk.write_external),
        name="api_external",
    ),
    path("<str:type_key>", endpoint(GET=lists.list_records, POST=lists.create_record), name="api_list"),
    path(
        RECORD,
        endpoint(GET=single.read_record, PATCH=single.change_record, DELETE=single.remove_record),
        name="api_record",
    ),
    path(f"{RECORD}/duplicates", endpoint(GET=duplicates.of_record), name="api_duplicates"),
    path(f"{RECORD}/merge", endpoint(GET=merging.preview, POST=merging.merge), name="api_merge"),
    path(f"{RECORD}/restore", endpoint(POST=single.restore), name="api_restore"),
    path(f"{RECORD}/actions", endpoint(GET=single.list_actions), name="api_actions"),
    path(f"{RECORD}/actions/<str:key>", endpoint(POST=single.run_action), name="api_action"),
    path(
        f"{RECORD}/relationships",
        endpoint(GET=relations.list_relationships, POST=relations.add_relationship),
        name="api_relationships",
    ),
    path(
        f"{RECORD}/relationships/<str:edge_id>",
        endpoint(PATCH=relations.change_relationship, DELETE=relations.drop_relationship),
        name="api_relationship",
    ),
    path(f"{RECORD}/shares", endpoint(GET=shares.list_shares, POST=shares.add_share), name="api_shares"),
    path(f"{RECORD}/shares/<str:share_id>", endpoint(DELETE=shares.drop_share), name="api_share"),
    path(f"{RECORD}/files", endpoint(GET=files.list_files, POST=files.upload), name="api_files"),
    path(f"{RECORD}/timeline", endpoint(GET=timeline.timeline), name="api_timeline"),
    re_path("^(?P<rest>.*)$", endpoint(**dict.fromkeys(EVERY, about.unknown)), name="api_unknown"),
]
