"""JupyterLite's drive, where the files beside a notebook are, for SQLite's databases."""

from __future__ import annotations

from types import ModuleType

#: A file that is open is one file, however often it is: `FS` is Emscripten's.
_PATCH = """FS => {
  for (const {type} of FS.getMounts(FS.root.mount)) {
    if (type.driveName === undefined) continue;
    const {API, node_ops: nodes, stream_ops: streams} = type;
    const {getattr, lookup, setattr, unlink} = nodes;
    const find = like => FS.streams.find(each => each?.file && like(each.node));
    const opened = node => find(each => each === node)?.file;
    // The open database that a journal of that name is one of.
    const databaseOf = (parent, name) => {
      const stem = name.replace(/-(journal|wal)$/, '');
      if (stem !== name) return find(each => each.parent === parent && each.name === stem);
    };

    const open = streams.open.bind(streams);
    streams.open = stream => {
      const file = opened(stream.node);
      open(stream);
      if (!file || !stream.file) return;
      // What somebody else has changed is taken, unless it was changed here, too.
      if (!file.changed) file.data = stream.file.data;
      stream.file = file;
    };
    const write = streams.write.bind(streams);
    streams.write = (stream, ...data) => {
      if (stream.file) stream.file.changed = true;
      return write(stream, ...data);
    };
    const close = streams.close.bind(streams);
    streams.close = stream => {
      const {file, flags} = stream;
      close(stream); // to the drive, if it was open for writing
      if (file && flags & 3) file.changed = false;
    };

    // To ask the drive takes 5 ms, and SQLite looks for two journals before each query.
    const {ENOENT} = type.ERRNO_CODES;
    nodes.lookup = (parent, name) => {
      const missing = (databaseOf(parent, name)?.file ?? {}).missing ??= new Set();
      if (missing.has(name)) throw new FS.ErrnoError(ENOENT);
      try {
        return lookup(parent, name);
      } catch (error) {
        if (error.errno === ENOENT) missing.add(name);
        throw error;
      }
    };

    // What is not yet on the drive counts for its size; the rest is asked for once.
    nodes.getattr = node => {
      const file = opened(node);
      if (!file) return getattr(node);
      file.attributes ??= getattr(node);
      const time = file.changed ? {mtime: new Date(node.mtime)} : {};
      return {...file.attributes, ...time, mode: node.mode, size: file.data.length};
    };
    nodes.setattr = (node, attributes) => {
      const file = opened(node);
      if (file && attributes.size !== undefined) {
        const data = new Uint8Array(attributes.size);
        data.set(file.data.subarray(0, attributes.size));
        file.data = data;
      }
      setattr(node, attributes);
    };

    // SQLite commits by removing its journal. Nothing else tells: no `fdatasync` comes here.
    nodes.unlink = (parent, name) => {
      unlink(parent, name);
      const stream = databaseOf(parent, name);
      if (!stream?.file.changed) return;
      API.put(type.realPath(stream.node), stream.file);
      stream.file.changed = false;
    };
  }
}"""


def patch_drive(module: ModuleType) -> None:
    """Let SQLite create and change databases on the drive. Seen in the Pyodide kernel 0.8.6.

    Each time that a file is opened there it is a copy of its own, of which the drive hears when it
    is closed, and the file's size is the drive's. So a database that grew was malformed, and
    what one connection wrote no other saw. Now a commit is on the drive when it is done, where
    the journal is one that SQLite removes, as it does by default.
    """
    import pyodide_js
    from pyodide.code import run_js

    run_js(_PATCH)(pyodide_js.FS)
