import { HeadInjector } from '../html/headInjector';

/** Marks the position of the tag. */
const TAG = '|';

/** Documents in ISO-8859-1, one character per byte. */
const PLACES = [
  // after <head …>
  '<head>|',
  '<!doctype html><html lang="en"><head>|<title>a</title>',
  '<!DOCTYPE html>\n<HTML>\n<HEAD>|\n<TITLE>a</TITLE>',
  '<head a>|<head b>',
  '<head/>|',
  '<head / >|',
  '<head\n\ta\r\n\fb >|',
  '<head a="<p>" b=\'>\' c>|<p>',
  '<head a = ">" b>|',
  '<head a=">"b=">">|',
  '<head a=">"/b>|',
  '<head a=b">|">',
  '<head a"="b>">|',
  '<head a=/b>|',
  '<head a=>|">',
  '<head =">|">',
  '<head a/=">|">',
  '<head a "b=c>|">',
  '<html a=">" b=\'<head>\'><head>|',
  '<html/><head>|',
  '<html><!-- <head> --><head>|',
  '<html><html><head>|',

  // before everything else
  '|<p>',
  '|text <head>',
  '|&amp;',
  '|\0',
  '|<',
  '|<<head>',
  '|< head>',
  '|<1>',
  '|</head><head>',
  '|<header><head>',
  '|<head\0>',
  '|<head-a>',
  '|<heads>',
  '|<he>',
  '|<h1>',
  '|<ht>',
  '|<htm>',
  '|<htmlx>',
  '|<hr>',
  '|<body class="a">',
  '|<script>"<head>"</script>',
  '|<meta charset="utf-8">',
  '<html>|<body>',
  '<html>\n|<title>a</title>',
  '<!doctype html>\n|<p>',
  '<!doctype html>|text',

  // after a prologue
  ' \t\r\n\f|a',
  '<!doctype html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">|<p>',
  "<!doctype html SYSTEM 'about:legacy-compat'>|<p>",
  '<!doctype html SYSTEM ">|">',
  '<!doctype>|<p>',
  '<!>|<p>',
  '<!a>|<p>',
  '<!->|<p>',
  '<!-a>|-->',
  '<![CDATA[>|]]>',
  '<?xml version="1.0"?>\n<!doctype html>|<p>',
  '<?>|<p>',
  '<!-- a --><!doctype html><!-- b -->\n|<p>',
  '<!-- <head> <p> > -- ->-->|<p>',
  '<!---->|<p>',
  '<!----->|<p>',
  '<!-->|-->',
  '<!--->|-->',
  '<!--a-->|-->',
  '<!--a--->|-->',
  '<!--a--!>|-->',
  '<!--a--!--!>|-->',
  '<!--a--!a-->|-->',
  '<!--a--!-->|-->',
  '<!--a--a-->|-->',
  '<!--!>-->|<p>',
  '<!---!>-->|<p>',
  '<!----!>|<p>',
  '<!---a->-->|<p>',
  '<!--<!-->|-->',

  // byte order marks
  '\xef\xbb\xbf<!doctype html><head>|',
  '\xef\xbb\xbf|a',
  '|\xef\xbc\x81',
  '|\xef\xbb\xbd',
  '|\xef',
  '|\xef\xbb',
  '\xef\xbb\xbf|\xef\xbb\xbf<head>',
  '<!doctype html>|\xef\xbb\xbf<head>',
  '|\xfd',
  // letters whose lower case has those bytes
  '|\xcf\xbb\xbf<head>',
  '|\xde<head>',

  // incomplete documents
  '|',
  '\xef\xbb\xbf|',
  ' \n|',
  '<!doctype html>|',
  '<!doctype html>\n<html>\n|',
  '<!-- a -->|',
  '|<h',
  '<html>|<head'
];

/** Documents that end where a tag would not be parsed, or are not ASCII-compatible. */
const WITHOUT = [
  '<!doctype html',
  '<!',
  '<!-',
  '<!--',
  '<!---',
  '<!-- a',
  '<!-- a -',
  '<!-- a --',
  '<!-- a --!',
  '<?xml',
  '<html ',
  '<head a',
  '<head a="',
  '<head a=">',
  '\xff\xfe<\0h\0e\0a\0d\0>\0',
  '\xfe\xff\0<\0h\0e\0a\0d\0>',
  '\xff<head>',
  '\xfe'
];

const CASES = [
  ...PLACES.map(after => [after.replace(TAG, ''), after] as const),
  ...WITHOUT.map(document => [document, document] as const)
];

/** The output for each chunk, and at the end. */
function run(chunks: readonly string[]): string[] {
  const injector = new HeadInjector(bytes(TAG));
  const passed = chunks.map(chunk => injector.push(bytes(chunk)));
  return [...passed, injector.end()].map(parts => {
    expect(parts.every(part => part.length > 0)).toBe(true);
    return Buffer.concat(parts).toString('latin1');
  });
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

describe('the place of the tag', () => {
  it.each(CASES)('is found in %j', (document, expected) => {
    expect(run([document]).join('')).toBe(expected);
  });

  it.each(CASES)('is found in %j, byte by byte', (document, expected) => {
    expect(run([...document]).join('')).toBe(expected);
  });

  it.each(CASES)('is found in %j, split anywhere', (document, expected) => {
    for (let cut = 0; cut <= document.length; cut++) {
      const chunks = [document.slice(0, cut), document.slice(cut)];
      expect(run(chunks).join('')).toBe(expected);
    }
  });

  it('is found after a comment of any length', () => {
    const comment = `<!--${'- '.repeat(100_000)}-->`;
    expect(run([comment, '<head>']).join('')).toBe(`${comment}<head>${TAG}`);
  });
});

describe('a chunk', () => {
  it('is passed on at once', () => {
    const chunks = [
      '<!doc',
      'type html>',
      '<!-',
      '- a',
      ' -->\n<html lang="',
      'en"><head a="',
      '>"',
      '><title>',
      'a</title>'
    ];
    const expected = chunks.map(chunk =>
      chunk.replace('><title>', '>|<title>')
    );
    expect(run(chunks)).toEqual([...expected, '']);
  });

  it.each([
    [
      ['<!doctype html><', '!-- a -->'],
      ['<!doctype html>', '<!-- a -->', TAG]
    ],
    [
      ['<htm', 'l>'],
      ['', '<html>', TAG]
    ],
    [
      ['\n<hea', 'd', '>'],
      ['\n', '', `<head>${TAG}`, '']
    ],
    [
      ['<', 'h', 'e', 'a', 'd', 'er>'],
      ['', '', '', '', '', `${TAG}<header>`, '']
    ],
    [
      ['<hea', ''],
      ['', '', `${TAG}<hea`]
    ],
    [
      ['\xef', '\xbb', '\xbf'],
      ['', '', '\xef\xbb\xbf', TAG]
    ]
  ])(
    'is held back until it is clear what it begins: %j',
    (chunks, expected) => {
      expect(run(chunks)).toEqual(expected);
    }
  );

  it('is not copied after the tag', () => {
    const injector = new HeadInjector(bytes(TAG));
    injector.push(bytes('<head>'));
    const chunk = bytes('<title>a</title>');
    expect(injector.push(chunk)[0]).toBe(chunk);
    expect(injector.end()).toEqual([]);
  });
});
