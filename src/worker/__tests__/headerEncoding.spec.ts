import {
  bytesOf,
  headerEncoding,
  percentEncode,
  textFor
} from '../response/headerEncoding';
import { BROWSER } from './fakes';

const CHROMIUM = { ...BROWSER, userAgentData: {} };

describe('a header of a request', () => {
  it.each([
    ['plain', 'plain', 'plain'],
    ['\u00e4', '\u00c3\u00a4', '\u00e4'],
    ['\u20ac', '\u00e2\u0082\u00ac', '\u20ac']
  ])('%j has the bytes %j in Chromium', (seen, chromium, firefox) => {
    expect(bytesOf(seen, CHROMIUM)).toBe(chromium);
    expect(bytesOf(seen, BROWSER)).toBe(firefox);
  });
});

describe('a header of a response', () => {
  it.each([
    ['plain', 'plain', 'being ASCII'],
    ['\u00c3\u00a4', '\u00e4', 'being UTF-8'],
    ['\u00e4', '\u00e4', 'not being UTF-8'],
    [
      '\u00e2\u0082\u00ac',
      '\u00e2\u0082\u00ac',
      'not being possible in Headers'
    ]
  ])('%j becomes %j for Chromium, %s', (bytes, text) => {
    expect(textFor(bytes, CHROMIUM)).toBe(text);
    expect(textFor(bytes, BROWSER)).toBe(bytes);
  });
});

describe('the headers of a response', () => {
  it('are encoded for the browser', () => {
    const headers = { 'x-a': '\u00c3\u00a4', 'x-b': 'b' };
    const response = new Response(null, { headers });
    expect(headerEncoding(response)).toBe(response);
    expect(response.headers.get('x-a')).toBe('\u00c3\u00a4');
    Object.defineProperty(globalThis, 'navigator', { value: CHROMIUM });
    headerEncoding(response);
    expect([...response.headers]).toEqual([
      ['x-a', '\u00e4'],
      ['x-b', 'b']
    ]);
  });

  it('have no bytes that crash a page in Chromium', () => {
    const headers = { 'Timing-Allow-Origin': '\u00c3\u00a4 \u00e4' };
    const response = headerEncoding(new Response(null, { headers }));
    expect(response.headers.get('timing-allow-origin')).toBe('?? ?');
  });
});

it('non-ASCII bytes are percent-encoded', () => {
  expect(percentEncode('/a%20\u00c3\u00a4')).toBe('/a%20%C3%A4');
});
