/**
 * The beginning of an HTML document, up to where its first script may stand.
 *
 * Byte order mark, white space, comments, a doctype and the start tags of `html`
 * and `head` come first: a script before the doctype would bring quirks mode,
 * one before `<head …>` would cost that its attributes. What is told apart here
 * is what WHATWG HTML tells apart in section 13.2.5, and no more.
 */

/** What a character, in lower case, leads to. */
export type State = (char: string) => State;

/** The script goes before what was held last, or before this character. */
export const BEFORE: State = () => BEFORE;

/** It goes after this character. */
export const AFTER: State = () => AFTER;

/** It goes nowhere. */
export const NOWHERE: State = () => NOWHERE;

/** The first state of a document. */
export const START: State = char => {
  switch (char) {
    case '\xef':
      return MARK;
    // The mark of UTF-16, in which our ASCII would be none.
    case '\xfe':
    case '\xff':
      return NOWHERE;
    default:
      return BETWEEN(char);
  }
};

/** Between two tokens. */
export const BETWEEN: State = char => {
  if (char === '<') {
    return OPENED;
  }
  return isSpace(char) ? BETWEEN : BEFORE;
};

const OPENED: State = char => {
  switch (char) {
    case 'h':
      return H;
    case '!':
      return DECLARED;
    case '?':
      return DECLARATION;
    default:
      return BEFORE;
  }
};

const MARK_END = only('\xbf', () => BETWEEN);
const MARK = only('\xbb', () => MARK_END);

const HTML = named(startTag(() => BETWEEN));
const HTM = only('l', () => HTML);
const HT = only('m', () => HTM);

const HEAD = named(startTag(() => AFTER));
const HEA = only('d', () => HEAD);
const HE = only('a', () => HEA);

const H: State = char => (char === 't' ? HT : char === 'e' ? HE : BEFORE);

/** Of what these begin it is not known yet whether the script goes before it. */
export const HELD: ReadonlySet<State> = new Set([
  ...[MARK, MARK_END, OPENED, H],
  ...[HT, HTM, HTML, HE, HEA, HEAD]
]);

// A doctype, like all declarations that are no comments, ends with the first `>`.
const DECLARATION: State = char => (char === '>' ? BETWEEN : DECLARATION);
const DECLARED: State = char => (char === '-' ? DASHED : DECLARATION(char));
const DASHED: State = char =>
  char === '-' ? COMMENT_START : DECLARATION(char);

// `<!-->` and `<!--->` are whole comments.
const COMMENT_START: State = char =>
  char === '-' ? COMMENT_START_DASH : char === '>' ? BETWEEN : COMMENT;
const COMMENT_START_DASH: State = char =>
  char === '>' ? BETWEEN : COMMENT_DASH(char);
const COMMENT: State = char => (char === '-' ? COMMENT_DASH : COMMENT);
const COMMENT_DASH: State = char => (char === '-' ? COMMENT_DASHES : COMMENT);
const COMMENT_DASHES: State = char => {
  switch (char) {
    case '>':
      return BETWEEN;
    case '-':
      return COMMENT_DASHES;
    case '!':
      return COMMENT_BANG;
    default:
      return COMMENT;
  }
};
const COMMENT_BANG: State = char => (char === '>' ? BETWEEN : COMMENT(char));

/** A character without which the script goes before all this. */
function only(expected: string, next: () => State): State {
  return char => (char === expected ? next() : BEFORE);
}

/** The end of a name that another character would make another name. */
function named(tag: State): State {
  return char =>
    isSpace(char) || char === '/' || char === '>' ? tag(char) : BEFORE;
}

/** The rest of a start tag behind its name; a `>` in quotes does not end it. */
function startTag(end: () => State): State {
  const between: State = char => {
    if (char === '>') {
      return end();
    }
    return isSpace(char) || char === '/' ? between : name;
  };
  const name: State = char => {
    if (char === '=') {
      return beforeValue;
    }
    return isSpace(char)
      ? afterName
      : char === '/' || char === '>'
        ? between(char)
        : name;
  };
  const afterName: State = char => {
    if (char === '=') {
      return beforeValue;
    }
    return isSpace(char) ? afterName : between(char);
  };
  const beforeValue: State = char => {
    switch (char) {
      case '"':
        return doubleQuoted;
      case "'":
        return singleQuoted;
      default:
        return isSpace(char) ? beforeValue : unquoted(char);
    }
  };
  const doubleQuoted: State = char => (char === '"' ? between : doubleQuoted);
  const singleQuoted: State = char => (char === "'" ? between : singleQuoted);
  const unquoted: State = char =>
    isSpace(char) ? between : char === '>' ? end() : unquoted;
  return between;
}

function isSpace(char: string): boolean {
  return /[\t\n\f\r ]/.test(char);
}
