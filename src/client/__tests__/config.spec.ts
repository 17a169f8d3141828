import { guard } from '../guard';
import { readConfig } from '../config';

function script(dataset: Record<string, string>) {
  return { dataset, remove: jest.fn() } as unknown as HTMLScriptElement;
}

describe('readConfig', () => {
  it('reads what the worker wrote, and removes the script', () => {
    const tag = script({ base: '/', root: '/asgi/shop/', cookies: '%7B%7D' });
    expect(readConfig(tag)).toEqual({
      mount: { base: '/', root: '/asgi/shop/' },
      cookies: '%7B%7D',
      icons: {}
    });
    expect(tag.remove).toHaveBeenCalled();
  });

  it('reads which icons the site has', () => {
    const data = { base: '/', root: '/asgi/shop/', cookies: '' };
    const icons = { 'https://a.org/i': 'i.svg' };
    const tag = script({ ...data, icons: JSON.stringify(icons) });
    expect(readConfig(tag)).toMatchObject({ icons });
  });

  it('throws if the attributes are missing', () => {
    const tag = script({ base: '/' });
    expect(() => readConfig(tag)).toThrow('lacks its attributes');
    expect(() => readConfig(null)).toThrow('lacks its attributes');
    expect(tag.remove).toHaveBeenCalled();
  });
});

describe('guard', () => {
  it('reports the error in one sentence and continues', () => {
    const error = jest.spyOn(console, 'error').mockReturnValue();
    guard('cookies', () => {
      throw new TypeError('there are none');
    });
    expect(error.mock.calls).toEqual([
      [
        'jupyterlite-asgi could not set up cookies in this page ' +
          '(TypeError: there are none): reload it; if the error persists, ' +
          'report a bug.'
      ]
    ]);
    error.mockRestore();
  });
});
