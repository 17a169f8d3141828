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
  ])('%s has the bytes %j in Chromium', (seen, chromium, firefox) => {
    expect(bytesOf(seen, CHROMIUM)).toBe(chromium);
    expect(bytesOf(seen, BROWSER)).toBe(firefox);
  });
});

describe('a header of a response', () => {
  it.each([
    ['plain', 'plain', 'which is ASCII'],
    ['\u00c3\u00a4', '\u00e4', 'which is UTF-8'],
    ['\u00e4', '\u00e4', 'which is not UTF-8'],
    ['\u00e2\u0082\u00ac', '\u00e2\u0082\u00ac', 'which no Headers can have']
  ])('%j is %j in Chromium, %s', (bytes, text) => {
    expect(textFor(bytes, CHROMIUM)).toBe(text);
    expect(textFor(bytes, BROWSER)).toBe(bytes);
  });
});

describe('the headers of a response', () => {
  it('are as the page can have them', () => {
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
});

it('bytes are percent-encoded where they are not ASCII', () => {
  expect(percentEncode('/a%20\u00c3\u00a4')).toBe('/a%20%C3%A4');
});
