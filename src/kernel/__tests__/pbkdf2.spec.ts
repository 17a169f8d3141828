import { pbkdf2 } from '../pbkdf2';

const bytes = (text: string) => new TextEncoder().encode(text);

it('derives the key of RFC 7914, section 11', async () => {
  const key = await pbkdf2('SHA-256', bytes('passwd'), bytes('salt'), 1, 64);
  expect(Buffer.from(key).toString('hex')).toBe(
    '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc' +
      '49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783'
  );
});
