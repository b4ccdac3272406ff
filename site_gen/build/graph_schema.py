"""The tables of what a build keeps of the graph behind its pages (`graph_store`, `story_store`).

Apart from these two, since a build with nothing to do loads neither.
"""

# Lists of numbers are stored as bytes, four a number. Table `node` holds cells and inputs: `reads`, `readers`, `pages`
# are numbers of nodes and pages; of a group `members` is the number of its rows in the table `member`. Table `source`
# holds article files, see `Source`: each of its groups is a number with a digest. Table `member` holds what a group
# sees of a source, packed; empty where that is worked out when it is needed.
# `crc` guards a row: a disk may change a value without a word. `hash` is that of the key, of which an index would be as
# large again as the table. The values of the table `story` are described by `ArticleRecords`; `sum` guards them.
GRAPH_SCHEMA = """
CREATE TABLE node (id INTEGER PRIMARY KEY, key TEXT, digest BLOB, value BLOB, reads BLOB, readers BLOB, pages BLOB,
    members INT, hash INT, crc INT);
CREATE INDEX node_by_hash ON node (hash);
CREATE TABLE page (id INTEGER PRIMARY KEY, name TEXT UNIQUE, maker BLOB, reads BLOB, digest BLOB,
    result TEXT, crc INT);
CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT UNIQUE, checksum BLOB, lead TEXT, others TEXT, groups BLOB,
    story_groups BLOB, crc INT);
CREATE TABLE member (node INT, source INT, value BLOB, crc INT, PRIMARY KEY (node, source)) WITHOUT ROWID;
CREATE TABLE input (family TEXT, key TEXT, digest BLOB, PRIMARY KEY (family, key)) WITHOUT ROWID;
CREATE TABLE plan (name TEXT PRIMARY KEY, page TEXT, is_deferred INT) WITHOUT ROWID;
CREATE TABLE story (key INTEGER PRIMARY KEY, value BLOB, sum INT)
"""
