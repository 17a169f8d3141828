import { patchDrives } from '../drive';
import type { IFileSystem, INode, IStream } from '../filesystem';

const ENOENT = 44;
const READ_ONLY = 0;
const READ_WRITE = 2;

class ErrnoError extends Error {
  constructor(readonly errno: number) {
    super();
  }
}

const text = (data: Uint8Array) => new TextDecoder().decode(data);
const bytes = (data: string) => new TextEncoder().encode(data);

/** JupyterLite's drive: each stream has a copy, saved when the stream is closed. */
class FakeDrive {
  readonly driveName = 'drive';
  readonly ERRNO_CODES = { ENOENT };
  readonly saved = new Map<string, string>();
  readonly API = {
    put: (path: string, { data }: { data: Uint8Array }) => {
      this.saved.set(path, text(data));
    }
  };
  realPath = (node: INode) => node.name;

  readonly node_ops = {
    getattr: (node: INode) => ({
      mode: node.mode,
      mtime: new Date(0),
      size: this._load(node).length
    }),
    lookup: (parent: INode, name: string): INode => {
      if (!this.saved.has(name)) {
        throw new ErrnoError(ENOENT);
      }
      return { name, parent, mode: 0, mtime: 0 };
    },
    setattr: (node: INode, { size }: { size?: number }) => {
      this.saved.set(node.name, text(this._load(node).subarray(0, size)));
    },
    unlink: (parent: INode, name: string) => {
      this.saved.delete(name);
    }
  };

  readonly stream_ops = {
    open: (stream: IStream) => {
      stream.file = { data: this._load(stream.node) };
    },
    close: (stream: IStream) => {
      if (stream.flags !== READ_ONLY) {
        this.API.put(stream.node.name, stream.file!);
      }
      stream.file = undefined;
    },
    write: (
      stream: IStream,
      buffer: Uint8Array,
      offset: number,
      length: number,
      position: number
    ) => {
      const { data } = stream.file!;
      const longer = new Uint8Array(Math.max(data.length, position + length));
      longer.set(data);
      longer.set(buffer.subarray(offset, offset + length), position);
      stream.file!.data = longer;
      return length;
    }
  };

  private _load(node: INode): Uint8Array {
    return bytes(this.saved.get(node.name) ?? '');
  }
}

/** Mount and patch a drive. */
function mountDrive() {
  const drive = new FakeDrive();
  const fs: IFileSystem = {
    ErrnoError,
    getMounts: () => [{ type: {} }, { type: drive }],
    root: { mount: {} },
    streams: [null]
  };
  patchDrives(fs);
  const folder = { name: 'folder', mode: 0, mtime: 0 } as INode;
  const database: INode = { name: 'a.db', parent: folder, mode: 7, mtime: 5 };
  const open = (flags = READ_WRITE): IStream => {
    const stream: IStream = { node: database, flags };
    drive.stream_ops.open(stream);
    fs.streams.push(stream);
    return stream;
  };
  const write = (stream: IStream, data: string) =>
    drive.stream_ops.write(stream, bytes(data), 0, data.length, 0);
  return { drive, folder, database, open, write };
}

describe('a file that is open twice', () => {
  it('has the same data in both streams', () => {
    const { open, write } = mountDrive();
    const [first, second] = [open(), open()];
    write(first, 'oak');
    expect(text(second.file!.data)).toBe('oak');
  });

  it('is reloaded from the drive if it was not changed here', () => {
    const { drive, open } = mountDrive();
    const first = open();
    drive.saved.set('a.db', 'elm');
    open();
    expect(text(first.file!.data)).toBe('elm');
  });

  it('keeps changes made here', () => {
    const { drive, open, write } = mountDrive();
    write(open(), 'oak');
    drive.saved.set('a.db', 'elm');
    expect(text(open().file!.data)).toBe('oak');
  });

  it('is reloaded again once its changes are saved', () => {
    const { drive, open, write } = mountDrive();
    const [first, second] = [open(), open(READ_ONLY)];
    write(first, 'oak');
    drive.stream_ops.close(first);
    expect(drive.saved.get('a.db')).toBe('oak');
    drive.saved.set('a.db', 'elm');
    open();
    expect(text(second.file!.data)).toBe('elm');
  });
});

describe('the attributes of a file', () => {
  it('come from the drive while it is closed', () => {
    const { drive, database } = mountDrive();
    drive.saved.set('a.db', 'oak');
    expect(drive.node_ops.getattr(database).size).toBe(3);
  });

  it('have its size here while it is open', () => {
    const { drive, database, open, write } = mountDrive();
    write(open(), 'oak');
    const mtime = new Date(5);
    const attributes = { mode: 7, mtime, size: 3 };
    expect(drive.node_ops.getattr(database)).toEqual(attributes);
  });

  it('truncate it even while it is open', () => {
    const { drive, database, open, write } = mountDrive();
    const stream = open();
    write(stream, 'maple');
    drive.node_ops.setattr(database, { size: 3 });
    expect(text(stream.file!.data)).toBe('map');
  });
});

describe('a journal', () => {
  it.each(['a.db-journal', 'a.db-wal'])(
    'is looked up once while its database is open: %s',
    name => {
      const { drive, folder, open } = mountDrive();
      open();
      drive.saved.set('other', '');
      const { lookup } = drive.node_ops;
      expect(() => lookup(folder, name)).toThrow(ErrnoError);
      drive.saved.set(name, '');
      expect(() => lookup(folder, name)).toThrow(ErrnoError);
      expect(lookup(folder, 'other').name).toBe('other');
    }
  );

  it.each([
    ['b.db-wal', 'folder'],
    ['a.db-wal', 'other']
  ])(
    'is looked up each time if its database is not open: %s in %s',
    (name, within) => {
      const { drive, folder, open } = mountDrive();
      open();
      const parent = within === 'folder' ? folder : { ...folder };
      const { lookup } = drive.node_ops;
      expect(() => lookup(parent, name)).toThrow(ErrnoError);
      drive.saved.set(name, '');
      expect(lookup(parent, name).name).toBe(name);
    }
  );

  it('saves its database when it is deleted', () => {
    const { drive, folder, open, write } = mountDrive();
    write(open(), 'oak');
    expect(drive.saved.has('a.db')).toBe(false);
    drive.node_ops.unlink(folder, 'a.db-journal');
    expect(drive.saved.get('a.db')).toBe('oak');
  });

  it('does not save a database without changes', () => {
    const { drive, folder, open } = mountDrive();
    open();
    drive.node_ops.unlink(folder, 'a.db-journal');
    expect(drive.saved.has('a.db')).toBe(false);
  });
});
