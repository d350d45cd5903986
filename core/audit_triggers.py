"""Database triggers that refuse UPDATE and DELETE on the audit trail, on SQLite and on PostgreSQL."""

from django.db import connection

TABLE = "core_auditentry"

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
SQLITE_REMOVE = [f"DROP TRIGGER IF EXISTS audit_no_{verb}" for verb in ("update", "delete")]

POSTGRESQL_INSTALL = [
    "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$",
    f"CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
]
POSTGRESQL_REMOVE = [f"DROP TRIGGER IF EXISTS audit_append_only ON {TABLE}"]


def _run(statements: dict[str, list[str]], using=None) -> None:
    target = using or connection
    with target.cursor() as cursor:
        for statement in statements[target.vendor]:
            cursor.execute(statement)


def install(using=None) -> None:
    _run({"sqlite": SQLITE_INSTALL, "postgresql": POSTGRESQL_INSTALL}, using)


def remove(using=None) -> None:
    _run({"sqlite": SQLITE_REMOVE, "postgresql": POSTGRESQL_REMOVE}, using)
