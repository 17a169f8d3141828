import { renewTimeZone } from '../timeZone';

function at(address: number): WebAssembly.Global {
  return new WebAssembly.Global({ value: 'i32' }, address);
}

const HEAPU32 = new Uint32Array(16);
HEAPU32.set([400, 500], 8 / 4);
const variables = { timezone: at(100), daylight: at(200), tzname: at(8) };

it("has the browser fill in the C library's variables", () => {
  const ask = jest.fn();
  renewTimeZone(
    { HEAPU32 },
    { imports: { env: { _tzset_js: ask } }, exports: variables }
  );
  expect(ask.mock.calls).toEqual([[100, 200, 400, 500]]);
});

it('leaves them alone where another build of Pyodide has others', () => {
  const ask = jest.fn();
  const imports = { env: { _tzset_js: ask } };
  const { timezone, daylight } = variables;
  renewTimeZone({ HEAPU32 }, { imports, exports: { timezone, daylight } });
  expect(ask).not.toHaveBeenCalled();
  renewTimeZone({ HEAPU32 }, { imports: { env: {} }, exports: variables });
});
