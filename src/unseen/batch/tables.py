"""The tables of an index, and how its file is prepared for them."""

import sqlite3

FORMAT = 2
"""Of the tables, to be raised with every change of them; those of another one are made again from the log."""

_TABLES = f"""
BEGIN;
DROP TABLE IF EXISTS meta;
DROP TABLE IF EXISTS kept;
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) WITHOUT ROWID;
CREATE TABLE kept (
  key BLOB PRIMARY KEY, start INTEGER, length INTEGER, stamp TEXT,
  size INTEGER, mtime INTEGER, label TEXT, settings TEXT, status TEXT, name BLOB, mark TEXT, replaces INTEGER
) WITHOUT ROWID;
CREATE INDEX places ON kept (substr(key, instr(key, x'00') + 1));
PRAGMA user_version = {FORMAT};
COMMIT;
"""
PLAN = """
DROP TABLE IF EXISTS planned;
DROP TABLE IF EXISTS claimed;
CREATE TABLE planned (
  position INTEGER PRIMARY KEY, key BLOB UNIQUE, source BLOB, place BLOB, size INTEGER, mtime INTEGER, label TEXT,
  problem TEXT
);
CREATE TABLE claimed (name BLOB PRIMARY KEY) WITHOUT ROWID;
"""
_CACHE_KIB = 4096


def prepare(connection: sqlite3.Connection) -> None:
    """Make what tables there are not, and look whether those that are there are whole.

    Raises:
        sqlite3.DatabaseError: they are not.
    """
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    if connection.execute("PRAGMA user_version").fetchone() != (FORMAT,):
        connection.executescript(_TABLES)
    ((found,),) = connection.execute("PRAGMA quick_check(1)")
    if found != "ok":
        raise sqlite3.DatabaseError(found)
