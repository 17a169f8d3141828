import type { IPosted, IPosting } from '../../published';
import { PostedForms } from '../published/postedForms';

const SCOPE = new URL('https://example.org/demo/');
const FORM = `${SCOPE.href}asgi/shop/form`;

const ports: MessagePort[] = [];

/** A tab that has posted a form to `url`. */
class Shell {
  constructor(
    private readonly _posts: string,
    readonly url = `${SCOPE.href}asgi/shop/`,
    readonly frameType = 'top-level'
  ) {}

  readonly asked: IPosting[] = [];
  readonly told: IPosted[] = [];

  postMessage(message: IPosting, [port]: [MessagePort]): void {
    this.asked.push(message);
    ports.push(port);
    port.onmessage = ({ data }: MessageEvent<IPosted>) => {
      this.told.push(data);
      this.heard();
    };
    port.postMessage(message.url === this._posts);
  }

  heard: () => void = () => undefined;
}

let windows: Shell[] = [];

beforeAll(() => {
  Object.assign(globalThis, {
    self: {
      origin: SCOPE.origin,
      clients: { matchAll: async () => windows }
    }
  });
});

function posted(url = FORM, given: object = {}): Request {
  const request = new Request(url, { method: 'POST' });
  const own = { mode: 'navigate', destination: 'iframe', ...given };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(request, name, { value });
  }
  return request;
}

/** Let a form be posted; returns what its navigation gets. */
async function post(
  forms: PostedForms,
  response: Response,
  request = posted()
): Promise<Response> {
  const shell = await forms.shellOf(request, 'posting', 'shop', SCOPE);
  return forms.pass(response, request, 'posting', shell, SCOPE);
}

const moved = (location: string, status = 303) =>
  new Response(null, { status, headers: { location } });

let forms: PostedForms;
let shell: Shell;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  forms = new PostedForms();
  shell = new Shell(FORM);
  windows = [new Shell(''), shell];
});

afterEach(() => {
  ports.splice(0).forEach(port => port.close());
  jest.useRealTimers();
});

/** Let a form be posted; returns the token of its response. */
async function hold(response: Response, request?: Request): Promise<string> {
  const heard = new Promise<void>(resolve => (shell.heard = resolve));
  expect((await post(forms, response, request)).status).toBe(204);
  await heard;
  return shell.told[0]!.url.split('/').at(-1)!;
}

it.each([
  ['a page', () => new Response('errors'), true],
  ['a redirect', () => moved('items'), false],
  ['a redirect to nowhere', () => new Response('', { status: 303 }), true]
])('a shell shows %s in place of the form', async (_, make, isPage) => {
  const response = make();
  const token = await hold(response);
  expect(shell.told).toEqual([
    { url: `${SCOPE.href}asgi/-/posted/${token}`, form: FORM, isPage }
  ]);
  const redirect = forms.open(token, 'new');
  expect(redirect.headers.get('location')).toBe(FORM);
  expect(forms.take('other')).toBeNull();
  expect(forms.take('')).toBeNull();
  expect(forms.take('new')).toBe(response);
  expect(forms.take('new')).toBeNull();
});

it.each([
  ['no page', () => new Response(null, { status: 204 })],
  ['a download', () => download()],
  ['a page of another origin', () => moved('https://elsewhere.org/')],
  ['an error of the network', () => Response.error()],
  ['a request to post the form elsewhere', () => moved('items', 307)]
])('the frame itself gets %s', async (_, make) => {
  const response = make();
  expect(await post(forms, response)).toBe(response);
  expect(shell.told).toEqual([]);
});

function download(): Response {
  const headers = { 'content-disposition': 'Attachment; filename=a' };
  return new Response('', { headers });
}

it.each([{ method: 'GET' }, { mode: 'cors' }, { destination: 'document' }])(
  'asks nobody about a request of other kinds: %j',
  given => {
    const request = posted(FORM, given);
    expect(forms.shellOf(request, 'posting', 'shop', SCOPE)).toBeNull();
  }
);

it('asks the tabs of the app alone', async () => {
  windows = [
    new Shell(FORM, `${SCOPE.href}asgi/blog/`),
    new Shell(FORM, `${SCOPE.href}lab/`),
    new Shell(FORM, FORM, 'nested')
  ];
  const response = new Response('errors');
  expect(await post(forms, response)).toBe(response);
  expect(windows.flatMap(({ asked }) => asked)).toEqual([]);
});

it('leaves a form to its frame if two tabs post to the same URL', async () => {
  windows = [shell, new Shell(FORM)];
  const response = new Response('errors');
  expect(await post(forms, response)).toBe(response);
  expect(windows.flatMap(({ told }) => told)).toEqual([]);
});

it('has the tab leave for another app', async () => {
  const url = `${SCOPE.href}asgi/blog/`;
  const heard = new Promise<void>(resolve => (shell.heard = resolve));
  expect((await post(forms, moved('../blog/'))).status).toBe(204);
  await heard;
  expect(shell.told).toEqual([{ url, form: FORM, isPage: false }]);
});

it('waits a second for a tab that does not reply', async () => {
  const silent = new Shell('');
  silent.postMessage = () => undefined;
  windows = [silent];
  const response = new Response('errors');
  const answer = post(forms, response);
  await jest.advanceTimersByTimeAsync(1000);
  expect(await answer).toBe(response);
});

it('knows the shell of a form that is posted elsewhere', async () => {
  await post(forms, moved('items', 307));
  const token = await hold(new Response('errors'), posted(`${FORM}/`));
  expect(shell.asked.length).toBe(1);
  expect(forms.open(token, 'new').headers.get('location')).toBe(`${FORM}/`);
});

it('leaves a form to the frame whose reader has stopped it', async () => {
  const request = posted(FORM, { signal: AbortSignal.abort() });
  const response = new Response('errors');
  expect(await post(forms, response, request)).toBe(response);
});

it('drops a response that the frame does not get', async () => {
  const cancel = jest.fn();
  const token = await hold(new Response(new ReadableStream({ cancel })));
  jest.advanceTimersByTime(10_000);
  expect(cancel).toHaveBeenCalled();
  const response = forms.open(token, 'new');
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('its response is lost');
});
