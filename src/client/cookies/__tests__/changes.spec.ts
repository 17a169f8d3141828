import { differences } from '../changes';
import type { ICookie } from '../cookie';

function cookie(name: string, value: string, more?: Partial<ICookie>): ICookie {
  const rest = { expires: null, secure: false, same_site: 'lax' as const };
  return { name, value, path: '/', ...rest, ...more };
}

const A = cookie('a', '1');

describe('differences', () => {
  it.each<[string, ICookie[], ICookie[], ICookie[], ICookie[]]>([
    ['nothing', [A], [A], [], []],
    ['a new one', [], [A], [A], []],
    ['one that is gone', [A], [], [], [A]],
    ['another value', [A], [cookie('a', '2')], [cookie('a', '2')], []],
    ['another end', [A], [cookie('a', '1', { expires: 1 })], [], []]
  ])('are %s', (_, before, after, changed, deleted) => {
    expect(differences(before, after)).toEqual({ changed, deleted });
  });

  it('tell cookies of one name apart by their paths', () => {
    const other = cookie('a', '1', { path: '/x' });
    expect(differences([A], [other])).toEqual({
      changed: [other],
      deleted: [A]
    });
  });
});
