import { filenameIn, textOf } from '../filename';

it.each([
  ['attachment', null, null],
  ['attachment; filename=', '', null],
  ['attachment; othername=a; myfilename=b', null, null],
  ['attachment; filename=a.txt', 'a.txt', null],
  ['attachment;FileName = a.txt ; size=3', 'a.txt', null],
  ['attachment; filename=a.txt;size=3', 'a.txt', null],
  ['attachment; filename="a \\"b\\"; c.txt"', 'a "b"; c.txt', null],
  ['attachment; filename="\u00c3\u00a4.txt"', '\u00e4.txt', null],
  ['attachment; filename="\u00e4.txt"', '\u00e4.txt', null],
  [`inline; filename*=UTF-8''%C3%A4.txt`, null, `UTF-8''%C3%A4.txt`],
  [`inline; filename*=UTF-8''b; filename=a`, 'a', `UTF-8''b`],
  [`inline; filename=a; filename*=UTF-8''b; filename=c`, 'a', `UTF-8''b`]
])('reads from %j the names %j and %j', (disposition, plain, extended) => {
  expect(filenameIn(disposition)).toEqual({ plain, extended });
});

it.each([
  ['\u00c3\u00a4', '\u00e4'],
  ['\u00e4', '\u00e4']
])('decodes %j as %j', (value, text) => {
  expect(textOf(value)).toBe(text);
});
