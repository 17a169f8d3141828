import { INotebookShell } from '@jupyter-notebook/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILabShell } from '@jupyterlab/application';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { PACKAGE } from '../protocol';
import { AppManager } from './appManager';
import { follow } from './comms';
import type { AddPanel, Panels } from './panels';
import { IAppManager } from './tokens';

/** Knows the apps of the page. */
export const appManager: JupyterFrontEndPlugin<IAppManager> = {
  id: 'jupyterlite-asgi:app-manager',
  description: 'Knows the ASGI apps that notebooks serve.',
  autoStart: true,
  provides: IAppManager,
  activate: () => new AppManager()
};

/** Learns of the apps that this page's notebooks and consoles serve. */
export const comms: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlite-asgi:comms',
  description: 'Learns from kernels which ASGI apps they serve.',
  autoStart: true,
  requires: [IAppManager],
  optional: [INotebookTracker, IConsoleTracker],
  activate: (
    _: JupyterFrontEnd,
    manager: IAppManager,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null
  ) => {
    notebooks?.widgetAdded.connect((_sender, panel) => follow(panel, manager));
    consoles?.widgetAdded.connect((_sender, panel) => follow(panel, manager));
  }
};

/** Shows the apps of the page. */
export const panels: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlite-asgi:panels',
  description: 'Shows the ASGI apps that notebooks serve.',
  autoStart: true,
  requires: [IAppManager],
  optional: [ILabShell, INotebookShell, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IAppManager,
    labShell: ILabShell | null,
    notebookShell: INotebookShell | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlite_asgi');
    const add = adder(labShell, notebookShell);
    let made: Promise<Panels> | null = null;
    const shown = () =>
      (made ??= import('./panels')
        .then(({ addCommands, Panels }) => {
          const panels = new Panels(add, app.commands, trans);
          addCommands(app.commands, manager, panels, trans);
          return panels;
        })
        .catch((error: unknown) => {
          made = null; // the next app tries again
          throw error;
        }));
    // Not in the way of the start, and there when the first app is served.
    app.restored.then(shown).catch(() => undefined);

    manager.changed.connect((_sender, { app: served, event }) => {
      if (event.type === 'served') {
        void shown().then(panels => panels.show(served, event.open));
      }
    });
  }
};

/** How this application takes a panel; null where it has no room for one. */
function adder(
  labShell: ILabShell | null,
  notebookShell: INotebookShell | null
): AddPanel | null {
  if (labShell) {
    return (panel, beside) => {
      const ofOurs = beside.startsWith(PACKAGE);
      labShell.add(panel, 'main', {
        activate: false,
        mode: ofOurs ? 'tab-after' : 'split-right',
        ref: beside || null
      });
      if (ofOurs) {
        labShell.activateById(panel.id);
      }
    };
  }
  if (notebookShell) {
    return panel => {
      notebookShell.add(panel, 'right');
      notebookShell.expandRight(panel.id);
    };
  }
  return null;
}
