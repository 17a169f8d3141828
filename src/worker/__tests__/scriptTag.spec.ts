import { createHash } from 'node:crypto';

import { pageScript } from '../../_client';
import { scriptHash, scriptTag } from '../html/scriptTag';
import {
  COOKIES,
  INJECTED,
  MOUNT,
  navigate,
  responseOf,
  TAG
} from './injected';

describe('the tag', () => {
  it('contains the mount and the cookies', () => {
    expect(TAG).toBe(
      '<script data-base="/demo/" data-root="/demo/asgi/shop/" ' +
        `data-cookies="${COOKIES}">${pageScript}</script>`
    );
  });

  it('has a nonce if needed', () => {
    const data = { ...MOUNT, cookies: COOKIES, nonce: 'aB+/9=', icons: null };
    expect(new TextDecoder().decode(scriptTag(data))).toBe(
      TAG.replace('>', ' nonce="aB+/9=">')
    );
  });

  it('escapes the data', () => {
    const data = {
      base: '/"',
      root: '/>',
      cookies: '&quot;',
      nonce: null,
      icons: null
    };
    expect(new TextDecoder().decode(scriptTag(data))).toBe(
      '<script data-base="/&quot;" data-root="/>" ' +
        `data-cookies="&amp;quot;">${pageScript}</script>`
    );
  });

  it('contains the icons that the site has', async () => {
    const assets = {
      'https://a.org/i.png': 'i.png',
      'https://a.org/b': 'b.js'
    };
    Object.assign(globalThis, { jupyterliteAsgiAssets: assets });
    const page = await navigate(responseOf({}));
    Object.assign(globalThis, { jupyterliteAsgiAssets: {} });
    expect(await page.text()).toContain(
      ' data-icons="{&quot;https://a.org/i.png&quot;:&quot;i.png&quot;}">'
    );
    expect(await (await navigate(responseOf({}))).text()).toBe(INJECTED);
  });

  it('matches the hash', async () => {
    const hash = createHash('sha256').update(pageScript).digest('base64');
    expect(await scriptHash()).toBe(`'sha256-${hash}'`);
  });
});
