import { showDialog } from '@jupyterlab/apputils';

import { explainBlockedStorage } from '../storage';

jest.mock('@jupyterlab/apputils', () => ({
  Dialog: { okButton: (options: unknown) => options },
  showDialog: jest.fn(async () => ({ button: { accept: true } }))
}));
jest.mock('@jupyterlab/translation', () => ({
  nullTranslator: { load: () => ({ __: (text: string) => text }) }
}));
jest.mock('../site', () => ({ isJupyterLite: () => true }));

/** A window; `top` is another one if it is framed. */
function fakeWindow({ blocked = true, framed = false } = {}) {
  const page = {
    get localStorage() {
      if (blocked) {
        throw new DOMException('denied', 'SecurityError');
      }
      return {};
    },
    top: {} as unknown,
    open: jest.fn(),
    location: { href: 'https://example.org/lab/', reload: jest.fn() }
  };
  page.top = framed ? {} : page;
  return page;
}

/** The body of the dialog. */
function said(): unknown {
  return jest.mocked(showDialog).mock.calls[0]?.[0]?.body;
}

beforeEach(() => {
  jest.clearAllMocks();
});

it('says that storage is blocked, and reloads the page', async () => {
  const page = fakeWindow();
  await explainBlockedStorage(page as never);
  expect(said()).toBe(
    'The browser does not let this page store data: allow cookies and site data for this site, then reload the page.'
  );
  expect(page.location.reload).toHaveBeenCalled();
});

it('says that storage is blocked in frames, and opens a tab', async () => {
  const page = fakeWindow({ framed: true });
  await explainBlockedStorage(page as never);
  expect(said()).toBe(
    'The browser does not let this page store data in a frame of another site: open it in a tab of its own.'
  );
  expect(page.open).toHaveBeenCalledWith('https://example.org/lab/');
  expect(page.location.reload).not.toHaveBeenCalled();
});

it('is silent if the page can store data', async () => {
  await explainBlockedStorage(fakeWindow({ blocked: false }) as never);
  expect(showDialog).not.toHaveBeenCalled();
});
