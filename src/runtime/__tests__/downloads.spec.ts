import { gzipSync } from 'node:zlib';

import { Downloads } from '../downloads';
import type { Store } from '../store';

const text = 'published '.repeat(100);
const packed = Uint8Array.from(gzipSync(text));
const file = { url: 'file', size: packed.length };

function downloading(
  respond: () => Promise<Response> | Response,
  stored?: Response
): { downloads: Downloads; reports: [number, number][] } {
  jest.spyOn(globalThis, 'fetch').mockImplementation(async () => respond());
  const reports: [number, number][] = [];
  const store = {
    base: 'https://example.org/',
    match: () => Promise.resolve(stored)
  } as unknown as Store;
  const downloads = new Downloads(store, (...report) => reports.push(report));
  return { downloads, reports };
}

afterEach(() => jest.restoreAllMocks());

describe('Downloads', () => {
  it('unpacks files and tells their progress', async () => {
    const { downloads, reports } = downloading(() => new Response(packed));
    const bytes = await downloads.bytes(file);
    expect(new TextDecoder().decode(bytes)).toBe(text);
    expect(reports[0]).toEqual([0, file.size]);
    expect(reports.at(-1)).toEqual([file.size, file.size]);
    expect(await downloads.measure()).toBeGreaterThan(0);
  });

  it('loads nothing that is stored', async () => {
    const { downloads, reports } = downloading(() => {
      throw new Error('was requested');
    }, new Response(packed));
    expect((await downloads.bytes(file)).length).toBe(text.length);
    expect(reports).toEqual([]);
    expect(await downloads.measure()).toBe(0);
  });

  it("passes by the browser's HTTP cache if it is to", async () => {
    const { downloads } = downloading(() => new Response(packed));
    await downloads.bytes(file);
    expect(fetch).toHaveBeenLastCalledWith('https://example.org/file', {
      cache: 'default'
    });
    const store = {
      base: 'https://example.org/',
      match: () => Promise.resolve(undefined)
    } as unknown as Store;
    await new Downloads(store, () => undefined, 'reload').bytes(file);
    expect(fetch).toHaveBeenLastCalledWith('https://example.org/file', {
      cache: 'reload'
    });
  });

  it('loads again what is stored if it is to, unless the site cannot be reached', async () => {
    const store = {
      base: 'https://example.org/',
      match: async () => new Response('stored')
    } as unknown as Store;
    const load = async () => {
      const downloads = new Downloads(store, () => undefined, 'reload');
      return new TextDecoder().decode(await downloads.bytes(file));
    };
    downloading(() => new Response(packed));
    expect(await load()).toBe(text);
    downloading(() => Promise.reject(new TypeError()));
    expect(await load()).toBe('stored');
  });

  it('refuses a file that is cut off', async () => {
    const { downloads } = downloading(() => new Response('half'));
    await expect(downloads.bytes(file)).rejects.toThrow(
      `has 4 bytes instead of ${file.size}`
    );
  });

  it('refuses a file that is missing', async () => {
    const { downloads } = downloading(() => new Response('', { status: 404 }));
    await expect(downloads.bytes(file)).rejects.toThrow('no file file (404)');
  });

  it('says when there is no connection', async () => {
    const { downloads } = downloading(() => Promise.reject(new TypeError()));
    await expect(downloads.bytes(file)).rejects.toThrow(
      'check your connection'
    );
  });

  it('says what is no WebAssembly', async () => {
    const { downloads } = downloading(() => new Response(packed));
    await expect(downloads.module(file)).rejects.toThrow('no WebAssembly file');
  });
});
