import { Notification } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import type { Place } from '../../events';
import { AppManager } from '../appManager';
import { endWork } from '../interrupts';
import { addCommands, type AddPanel, Panels } from '../panels';
import { COMMANDS } from '../tokens';

jest.mock('@jupyterlab/apputils', () => ({
  Notification: { info: jest.fn() }
}));
jest.mock('../interrupts', () => ({ endWork: jest.fn() }));
jest.mock('@jupyterlab/ui-components', () => ({}));
jest.mock('@lumino/domutils', () => ({ Platform: {} })); // requires a browser
jest.mock('../appPanel', () => ({
  get AppPanel() {
    return FakePanel;
  }
}));

const URL = 'https://example.org/demo/asgi/shop/';

/** A panel without a frame; tests set `page`. */
class FakePanel {
  readonly disposed: Signal<FakePanel, void> = new Signal(this);
  readonly id = 'jupyterlite-asgi-shop';
  readonly isVisible = true;
  readonly reload = jest.fn();
  page: string | null = null;
}

const trans = {
  __: (text: string, ...args: string[]) =>
    text.replace(/%(\d)/g, (_, number) => args[Number(number) - 1]!)
} as TranslationBundle;
const openTab = jest.fn();

/** A page with the app `shop`, which adds panels by `add`; its notebook may be closed. */
function page({ add = jest.fn() as AddPanel | null, closed = false } = {}) {
  const commands = new CommandRegistry();
  const manager = new AppManager();
  const panels = new Panels(add, commands, trans);
  const interrupt = jest.fn();
  const kernel = { interrupt } as unknown as Kernel.IKernelConnection;
  const findKernel = () => (closed ? null : kernel);
  addCommands(commands, manager, panels, findKernel, trans);
  const served = { type: 'served', name: 'shop', url: URL } as const;
  manager.handle({ ...served, open: 'panel' }, 'notebook');
  const app = manager.get(URL)!;
  return {
    add: add as jest.Mock,
    app,
    commands,
    interrupt,
    manager,
    execute: (id: string, url = URL) => commands.execute(id, { url }),
    panel: () => panels.get(URL) as unknown as FakePanel | undefined,
    show: (place: Place) => panels.show(app, place)
  };
}

beforeEach(() => {
  jest.clearAllMocks();
  Object.assign(globalThis, { window: { open: openTab } });
});

describe('the commands', () => {
  it('have labels and describe their argument', async () => {
    const { commands } = page();
    expect(commands.listCommands()).toEqual(Object.values(COMMANDS));
    for (const id of commands.listCommands()) {
      expect(commands.label(id)).toMatch(/^(Open in|Reload|Interrupt) /);
      expect((await commands.describedBy(id)).args).toMatchObject({
        properties: { url: { type: 'string' } },
        required: ['url']
      });
    }
  });

  it.each(Object.values(COMMANDS))('%s throws if there is no app', async id => {
    await expect(page().execute(id, 'https://example.org/')).rejects.toThrow(
      'This page has no app at https://example.org/: serve it first.'
    );
  });

  it('open a panel beside the notebook, once', async () => {
    const { add, execute, panel } = page();
    await execute(COMMANDS.open);
    await execute(COMMANDS.open);
    expect(add.mock.calls).toEqual([[panel(), 'notebook']]);
    panel()!.disposed.emit();
    await execute(COMMANDS.open);
    expect(add).toHaveBeenCalledTimes(2);
  });

  it('reload the page in the panel', async () => {
    const { execute, panel } = page();
    await execute(COMMANDS.reload);
    await execute(COMMANDS.open);
    await execute(COMMANDS.reload);
    expect(panel()!.reload).toHaveBeenCalledTimes(1);
  });

  it('interrupt the kernel of the app', async () => {
    const { execute, interrupt } = page();
    await execute(COMMANDS.interrupt);
    expect(interrupt).toHaveBeenCalledTimes(1);
    expect(endWork).not.toHaveBeenCalled();
  });

  it('interrupt the kernel of an app whose notebook is closed', async () => {
    const { app, execute, manager } = page({ closed: true });
    await execute(COMMANDS.interrupt);
    expect(endWork).toHaveBeenCalledWith(app, null, trans);
    manager.handle({ type: 'taken', name: 'shop', url: URL }, 'notebook');
    await execute(COMMANDS.interrupt);
    expect(endWork).toHaveBeenCalledTimes(1);
  });

  it('open the page in the panel in a tab', async () => {
    const { execute, panel } = page();
    await execute(COMMANDS.openInTab);
    await execute(COMMANDS.open);
    await execute(COMMANDS.openInTab);
    panel()!.page = `${URL}items/3`;
    await execute(COMMANDS.openInTab);
    expect(openTab.mock.calls).toEqual([
      ...[
        [URL, '_blank'],
        [URL, '_blank'],
        [`${URL}items/3`, '_blank']
      ]
    ]);
  });
});

describe('a served app', () => {
  /** Press the notification's button; returns its message and label. */
  const notified = () => {
    const [message, options] = jest.mocked(Notification.info).mock.calls[0]!;
    options!.actions![0]!.callback({} as MouseEvent);
    return [message, options!.actions![0]!.label];
  };

  it('is shown in a panel', () => {
    const { add, show } = page();
    show('panel');
    expect(add).toHaveBeenCalledTimes(1);
  });

  it.each<Place>(['inline', 'none'])(
    'is not shown by us if `open` is %s',
    place => {
      const { add, show } = page();
      show(place);
      expect(add).not.toHaveBeenCalled();
      expect(openTab).not.toHaveBeenCalled();
    }
  );

  it('is shown in a tab of its own', () => {
    openTab.mockReturnValueOnce({});
    page().show('tab');
    expect(openTab.mock.calls).toEqual([[URL, 'jupyterlite-asgi-shop']]);
    expect(Notification.info).not.toHaveBeenCalled();
  });

  it('is offered by a button if the browser blocks the tab', () => {
    openTab.mockReturnValueOnce(null);
    page().show('tab');
    expect(notified()).toEqual([
      ...['The browser blocked the tab of shop.', 'Open shop']
    ]);
    expect(openTab).toHaveBeenLastCalledWith(URL, '_blank');
  });

  it('is offered by a button if there is no place for a panel', () => {
    page({ add: null }).show('panel');
    expect(notified()).toEqual([`shop is served at ${URL}`, 'Open shop']);
    expect(openTab).toHaveBeenCalledWith(URL, '_blank');
  });
});
