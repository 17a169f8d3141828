import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  html5Icon,
  launchIcon,
  refreshIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { isServed } from './comms';
import { endWork } from './interrupts';
import type { Panels } from './panels';
import { COMMANDS, type IApp, type IAppManager } from './tokens';

/** Returns the kernel that serves an app; null if its notebook is closed. */
export type FindKernel = (app: IApp) => Kernel.IKernelConnection | null;

/** Add the commands behind our buttons. They throw if no app is known at `url`. */
export function addCommands(
  commands: CommandRegistry,
  manager: IAppManager,
  panels: Panels,
  findKernel: FindKernel,
  trans: TranslationBundle
): void {
  const describedBy = {
    args: {
      type: 'object',
      properties: {
        url: { type: 'string', description: trans.__('The URL of the app') }
      },
      required: ['url']
    }
  };
  const appAt = (args: ReadonlyPartialJSONObject): IApp => {
    const url = String(args.url);
    const app = manager.get(url);
    if (!app) {
      throw new Error(`This page has no app at ${url}: serve it first.`);
    }
    return app;
  };
  commands.addCommand(COMMANDS.open, {
    label: trans.__('Open in a panel'),
    icon: html5Icon,
    describedBy,
    execute: args => panels.open(appAt(args))
  });
  commands.addCommand(COMMANDS.openInTab, {
    label: trans.__('Open in a browser tab'),
    icon: launchIcon,
    describedBy,
    execute: args => {
      const { url } = appAt(args);
      window.open(panels.get(url)?.page ?? url, '_blank');
    }
  });
  commands.addCommand(COMMANDS.interrupt, {
    label: trans.__('Interrupt the kernel'),
    icon: stopIcon,
    describedBy,
    execute: async args => {
      const app = appAt(args);
      const kernel = findKernel(app);
      if (kernel) {
        await kernel.interrupt();
      } else if (isServed(app)) {
        await endWork(app, null, trans);
      }
    }
  });
  commands.addCommand(COMMANDS.reload, {
    label: trans.__('Reload the page'),
    icon: refreshIcon,
    describedBy,
    execute: args => panels.get(appAt(args).url)?.reload()
  });
}
