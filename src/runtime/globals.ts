/**
 * JavaScript objects that Python refers to, in snapshots. What is reached from the global
 * object by one or two names is kept as these; anything else cannot be kept.
 */

/** The names that lead from the global object to another. */
export interface IGlobal {
  readonly path: readonly string[];
}

/**
 * What turns a global into its names.
 *
 * It throws an Error that tells the kind of an object which is no global.
 */
export function globalsSerializer(
  root: object = globalThis
): (value: object) => IGlobal {
  const paths = new Map<unknown, readonly string[]>([[root, []]]);
  const add = (owner: object, keys: Iterable<string>, path: string[]) => {
    const children: [object, string[]][] = [];
    for (const key of keys) {
      const child = read(owner, key);
      if (isObject(child) && !paths.has(child)) {
        const childPath = [...path, key];
        paths.set(child, childPath);
        children.push([child, childPath]);
      }
    }
    return children;
  };
  // A worker has `fetch()` and others from its prototypes.
  for (const [child, path] of add(root, inheritedKeys(root), [])) {
    add(child, Object.getOwnPropertyNames(child), path);
  }
  return value => {
    const path = paths.get(value);
    if (!path) {
      throw new Error(
        `Python refers to ${describe(value)} of JavaScript, which a snapshot cannot hold: get it after the start of the app.`
      );
    }
    return { path };
  };
}

/**
 * The global that `globalsSerializer()` has named.
 *
 * @throws TypeError if this browser does not have it.
 */
export function deserializeGlobal(
  value: unknown,
  root: object = globalThis
): object {
  const { path } = value as IGlobal;
  let found: unknown = root;
  for (const name of path) {
    found = isObject(found) ? read(found, name) : undefined;
  }
  if (!isObject(found)) {
    throw new TypeError(
      `The snapshot refers to ${path.join('.')}, which this browser does not have: make it again.`
    );
  }
  return found;
}

function* inheritedKeys(root: object): Generator<string> {
  for (
    let owner: object | null = root;
    owner && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    yield* Object.getOwnPropertyNames(owner);
  }
}

function read(owner: object, key: string): unknown {
  try {
    return (owner as Record<string, unknown>)[key];
  } catch {
    return undefined; // A getter that throws, as of a prototype.
  }
}

function describe(value: object): string {
  if (typeof value === 'function') {
    return `the function ${value.name || 'without a name'}`;
  }
  const kind = Object.prototype.toString
    .call(value)
    .slice('[object '.length, -1);
  return `an object (${kind})`;
}

function isObject(value: unknown): value is object {
  return (
    typeof value === 'function' || (typeof value === 'object' && value !== null)
  );
}
