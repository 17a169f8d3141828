/** The next state by character, `else` by all others; where there is none, the tag goes before. */
type Rules = Readonly<Record<string, string>>;

const BETWEEN: Rules = { ' ': 'between', '<': '<' };
// A doctype, like all declarations that are no comments, ends with the first `>`.
const DECLARATION: Rules = { '>': 'between', else: '<?' };
const COMMENT: Rules = { '-': '<!-- a-', else: '<!-- a' };
const DASH: Rules = { '-': '<!-- a--', else: '<!-- a' };

/**
 * What may come before the first script of a page, and no more (WHATWG HTML, section
 * 13.2.5): a script before the doctype would bring quirks mode, one before `<head …>`
 * would cost that its attributes.
 *
 * States are named by the shortest text that leads to them. White space is a space,
 * letters are in lower case.
 */
const STATES: Readonly<Record<string, Rules>> = {
  // The mark of UTF-16, in which our ASCII would be none, leads nowhere.
  start: { ...BETWEEN, '\xef': '\xef', '\xfe': 'nowhere', '\xff': 'nowhere' },
  '\xef': { '\xbb': '\xef\xbb' },
  '\xef\xbb': { '\xbf': 'between' },
  between: BETWEEN,
  '<': { h: '<h', '!': '<!', '?': '<?' },
  '<h': { t: '<ht', e: '<he' },
  '<ht': { m: '<htm' },
  '<htm': { l: '<html' },
  ...tagStates('<html', 'between'),
  '<he': { a: '<hea' },
  '<hea': { d: '<head' },
  ...tagStates('<head', 'after'),
  '<?': DECLARATION,
  '<!': { ...DECLARATION, '-': '<!-' },
  '<!-': { ...DECLARATION, '-': '<!--' },
  // `<!-->` and `<!--->` are whole comments.
  '<!--': { ...COMMENT, '-': '<!---', '>': 'between' },
  '<!---': { ...DASH, '>': 'between' },
  '<!-- a': COMMENT,
  '<!-- a-': DASH,
  '<!-- a--': { ...DASH, '!': '<!-- a--!', '>': 'between' },
  '<!-- a--!': { ...COMMENT, '>': 'between' }
};

/** The states of a start tag from its name on; a `>` in quotes does not end it. */
function tagStates(name: string, end: string): Record<string, Rules> {
  const between = `${name} `;
  const attribute = `${name} a`;
  const named: Rules = { ' ': between, '/': between, '>': end };
  return {
    [name]: named,
    [between]: { ...named, else: attribute },
    [attribute]: {
      ...named,
      ' ': attribute,
      '=': `${attribute}=`,
      else: attribute
    },
    [`${attribute}=`]: {
      ' ': `${attribute}=`,
      '"': `${attribute}="`,
      "'": `${attribute}='`,
      '>': end,
      else: `${attribute}=a`
    },
    [`${attribute}="`]: { '"': between, else: `${attribute}="` },
    [`${attribute}='`]: { "'": between, else: `${attribute}='` },
    [`${attribute}=a`]: { ' ': between, '>': end, else: `${attribute}=a` }
  };
}

/** The character of each byte, as the states have it. */
const CHARS = Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(byte)
    .replace(/[\t\n\f\r]/, ' ')
    .replace(/[A-Z]/, letter => letter.toLowerCase())
);

/** Of what leads to these states it is not known yet whether the tag goes before it. */
const HELD = /^(<|<h\w*|\xef\xbb?)$/;

/**
 * Puts a tag into an HTML document that comes in chunks, where its first script
 * may stand.
 *
 * However the document is cut, the same bytes come out. None waits longer than
 * until it is known what it begins: five bytes do at most.
 */
export class HeadInjector {
  /** @param tag - in ASCII, which the document's encoding must have */
  constructor(tag: Uint8Array) {
    this._tag = tag;
  }

  /** @returns what goes on, now that this chunk of the document came */
  push(chunk: Uint8Array): Uint8Array[] {
    if (!(this._state in STATES)) {
      return present(chunk);
    }
    const bytes = join(this._held, chunk);
    for (let index = this._held.length; index < bytes.length; index++) {
      const last = this._state;
      this._state = follow(last, bytes[index] ?? 0);
      switch (this._state) {
        case 'before':
          return this._insert(bytes, index - heldBy(last));
        case 'after':
          return this._insert(bytes, index + 1);
        case 'nowhere':
          return present(bytes);
      }
    }
    const end = bytes.length - heldBy(this._state);
    this._held = bytes.subarray(end);
    return present(bytes.subarray(0, end));
  }

  /** @returns what remains at the end of the document */
  end(): Uint8Array[] {
    const rules = STATES[this._state];
    // In the midst of a comment or a tag it would be no tag.
    return rules && !('else' in rules) ? this._insert(this._held, 0) : [];
  }

  private _insert(bytes: Uint8Array, index: number): Uint8Array[] {
    return present(bytes.subarray(0, index), this._tag, bytes.subarray(index));
  }

  private readonly _tag: Uint8Array;
  private _state = 'start';
  private _held: Uint8Array = new Uint8Array(0);
}

function follow(state: string, byte: number): string {
  const rules = STATES[state];
  return rules?.[CHARS[byte] ?? ''] ?? rules?.else ?? 'before';
}

/** How many bytes wait in a state. */
function heldBy(state: string): number {
  return HELD.test(state) ? state.length : 0;
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** Chunks without those that are empty. */
function present(...chunks: Uint8Array[]): Uint8Array[] {
  return chunks.filter(chunk => chunk.length > 0);
}
