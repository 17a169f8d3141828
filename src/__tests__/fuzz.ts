import fc from 'fast-check';

/** Check `property` for many values, which are the same in each run. */
export function check<T>(
  values: fc.Arbitrary<T>,
  property: (value: T) => void
): void {
  fc.assert(fc.property(values, property), { seed: 1, numRuns: 300 });
}

/** The same for a property that is awaited. */
export async function checkAsync<T>(
  values: fc.Arbitrary<T>,
  property: (value: T) => Promise<void>
): Promise<void> {
  await fc.assert(fc.asyncProperty(values, property), {
    seed: 1,
    numRuns: 300
  });
}
