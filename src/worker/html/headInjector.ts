/** The next state by character, `else` for all others; if there is none, the tag goes before it. */
type Rules = Readonly<Record<string, string>>;

const BETWEEN: Rules = { ' ': 'between', '<': '<' };
// A doctype, like any declaration but a comment, ends with the first `>`.
const DECLARATION: Rules = { '>': 'between', else: '<?' };
const COMMENT: Rules = { '-': '<!-- a-', else: '<!-- a' };
const DASH: Rules = { '-': '<!-- a--', else: '<!-- a' };

/**
 * Recognizes what may precede the first script of a page (WHATWG HTML, section 13.2.5):
 * a script before the doctype would trigger quirks mode, and one before `<head …>` would
 * discard that tag's attributes.
 *
 * A state's name is the shortest text that reaches it, with white space as a space and
 * letters in lower case.
 */
const STATES: Readonly<Record<string, Rules>> = {
  // A byte order mark of UTF-16: our ASCII tag would be garbage there.
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

/** The states of a start tag after its name; a quoted `>` does not end it. */
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

/** The character of each byte, normalized as in the states. */
const CHARS = Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(byte)
    .replace(/[\t\n\f\r]/, ' ')
    .replace(/[A-Z]/, letter => letter.toLowerCase())
);

/** In these states it is still open whether the tag goes before the state's text. */
const HELD = /^(<|<h\w*|\xef\xbb?)$/;

/**
 * Inserts a tag into a chunked HTML document at the position of its first script.
 *
 * The output does not depend on where the chunks end. At most five bytes are held back,
 * until it is clear what they begin.
 */
export class HeadInjector {
  /** @param _tag - in ASCII; the document's encoding must be ASCII-compatible */
  constructor(private readonly _tag: Uint8Array) {}

  /** @returns the output for this chunk */
  push(chunk: Uint8Array): Uint8Array[] {
    if (!(this._state in STATES)) {
      return nonEmpty(chunk);
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
          return nonEmpty(bytes);
      }
    }
    const end = bytes.length - heldBy(this._state);
    this._held = bytes.subarray(end);
    return nonEmpty(bytes.subarray(0, end));
  }

  /** @returns the output for the end of the document */
  end(): Uint8Array[] {
    const rules = STATES[this._state];
    // Inside a comment or another tag, ours would not be parsed as one.
    return rules && !('else' in rules) ? this._insert(this._held, 0) : [];
  }

  private _insert(bytes: Uint8Array, index: number): Uint8Array[] {
    return nonEmpty(bytes.subarray(0, index), this._tag, bytes.subarray(index));
  }

  private _state = 'start';
  private _held: Uint8Array = new Uint8Array(0);
}

function follow(state: string, byte: number): string {
  const rules = STATES[state];
  return rules?.[CHARS[byte] ?? ''] ?? rules?.else ?? 'before';
}

/** How many bytes a state holds back. */
function heldBy(state: string): number {
  return HELD.test(state) ? state.length : 0;
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

function nonEmpty(...chunks: Uint8Array[]): Uint8Array[] {
  return chunks.filter(chunk => chunk.length > 0);
}
