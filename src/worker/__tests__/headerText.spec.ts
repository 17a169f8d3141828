import { bytesOf, textFor } from '../headerText';
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
