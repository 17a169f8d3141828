import type { IModule } from './emscripten';
import type { ILinked } from './wasm';

/** Emscripten's own function, which fills in what it is given the addresses of. */
type AskTimeZone = (
  timezone: number,
  daylight: number,
  standardName: number,
  daylightName: number
) => void;

/**
 * Set the variables of the C library for the time zone anew. Otherwise they stay those of a
 * snapshot, as the library asks the browser only once.
 *
 * Without that function, or the variables, in another build of Pyodide, nothing happens.
 */
export function renewTimeZone(
  { HEAPU32 }: Pick<IModule, 'HEAPU32'>,
  { imports, exports }: ILinked
): void {
  const ask = imports['env']?.['_tzset_js'];
  const [timezone, daylight, names] = ['timezone', 'daylight', 'tzname'].map(
    name => addressOf(exports[name])
  );
  if (typeof ask === 'function' && timezone && daylight && names) {
    const [standard, summer] = HEAPU32.subarray(names >>> 2);
    (ask as AskTimeZone)(timezone, daylight, standard!, summer!);
  }
}

function addressOf(value: WebAssembly.ExportValue | undefined): number {
  return value instanceof WebAssembly.Global ? Number(value.value) : 0;
}
