import type { AppEvent } from '../../events';
import { AppManager } from '../appManager';

const URL = 'https://example.org/demo/asgi/shop/';
const ENDED = { name: 'shop', url: URL };
const STARTED = { ...ENDED, open: 'panel' } as const;

const SERVED: AppEvent = { type: 'served', ...STARTED };
const FINISHED: AppEvent = {
  type: 'request-finished',
  ...ENDED,
  ...{ method: 'GET', path: '/', status: 200, started: 0, duration: 1 }
};

/** A manager that has handled these events of one notebook. */
function handled(...events: AppEvent[]): AppManager {
  const manager = new AppManager();
  events.forEach(event => manager.handle(event, 'notebook'));
  return manager;
}

it('knows a served app and its notebook', () => {
  const manager = handled(SERVED);
  expect(manager.apps).toHaveLength(1);
  expect(manager.get(URL)).toBe(manager.apps[0]);
  expect(manager.get(URL)).toMatchObject({
    ...{ name: 'shop', url: URL, widget: 'notebook', state: 'running' }
  });
});

it.each<[string, AppEvent[]]>([
  ['failed', [{ type: 'failed', ...STARTED }]],
  ['stopped', [SERVED, { type: 'stopped', ...ENDED }]],
  ['taken', [SERVED, { type: 'taken', ...ENDED }]],
  ['running', [SERVED, { type: 'taken', ...ENDED }, SERVED]],
  ['running', [SERVED, FINISHED]]
])('has the app %s', (state, events) => {
  const manager = handled(...events);
  expect(manager.apps.map(app => app.state)).toEqual([state]);
});

it('emits each event after updating the state', () => {
  const manager = handled(SERVED);
  const app = manager.get(URL)!;
  const seen: unknown[] = [];
  app.changed.connect((_, { type }) => seen.push(['app', type, app.state]));
  manager.changed.connect((_, change) =>
    seen.push(['manager', change.event.type, change.app.state])
  );
  manager.handle(SERVED, 'notebook');
  manager.handle({ type: 'stopped', ...ENDED }, 'notebook');
  expect(seen).toEqual([
    ['app', 'served', 'running'],
    ['manager', 'served', 'running'],
    ['app', 'stopped', 'stopped'],
    ['manager', 'stopped', 'stopped']
  ]);
});

it('ignores the end of an app that another notebook now serves', () => {
  const manager = handled(SERVED);
  manager.handle(SERVED, 'other');
  manager.handle({ type: 'taken', ...ENDED }, 'notebook');
  expect(manager.get(URL)).toMatchObject({ widget: 'other', state: 'running' });
});

it('ignores the end of an unknown app', () => {
  expect(handled({ type: 'stopped', ...ENDED }).apps).toEqual([]);
});
