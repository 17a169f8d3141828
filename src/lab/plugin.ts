import { INotebookShell } from '@jupyter-notebook/application';
import {
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker } from '@jupyterlab/notebook';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { PACKAGE } from '../protocol';
import { AppManager } from './appManager';
import { follow } from './comms';
import type { AddPanel, Panels } from './panels';
import { IAppManager, type IApp } from './tokens';

export const appManager: JupyterFrontEndPlugin<IAppManager> = {
  id: 'jupyterlite-asgi:app-manager',
  description: 'Keeps track of the ASGI apps that notebooks serve.',
  autoStart: true,
  provides: IAppManager,
  optional: [INotebookTracker, IConsoleTracker, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    translator: ITranslator | null
  ) => {
    const trans = load(translator);
    const manager = new AppManager();
    notebooks?.widgetAdded.connect((_sender, panel) =>
      follow(panel, manager, trans)
    );
    consoles?.widgetAdded.connect((_sender, panel) =>
      follow(panel, manager, trans)
    );
    return manager;
  }
};

export const panels: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlite-asgi:panels',
  description: 'Shows the ASGI apps that notebooks serve.',
  autoStart: true,
  requires: [IAppManager],
  optional: [
    ILabShell,
    INotebookShell,
    INotebookTracker,
    IConsoleTracker,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    manager: IAppManager,
    labShell: ILabShell | null,
    notebookShell: INotebookShell | null,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    translator: ITranslator | null
  ) => {
    const trans = load(translator);
    const findKernel = ({ widget }: IApp) => {
      const isOwner = ({ id }: Widget) => id === widget;
      const owner = notebooks?.find(isOwner) ?? consoles?.find(isOwner);
      return owner?.sessionContext.session?.kernel ?? null;
    };
    const add = panelAdder(labShell, notebookShell);
    let loaded: Promise<Panels> | null = null;
    const loadPanels = () =>
      (loaded ??= import('./panels')
        .then(({ addCommands, noticeFailures, Panels }) => {
          const panels = new Panels(add, app.commands, trans);
          addCommands(app.commands, manager, panels, findKernel, trans);
          noticeFailures(manager, findKernel, trans);
          return panels;
        })
        .catch((error: unknown) => {
          loaded = null; // retry for the next app
          throw error;
        }));
    // Do not delay startup, but be ready for the first app.
    app.restored.then(loadPanels).catch(() => undefined);

    manager.changed.connect((_sender, { app: served, event }) => {
      if (event.type === 'served') {
        void loadPanels().then(panels => panels.show(served, event.open));
      }
    });
  }
};

/** How to add a panel to this application; null if it has no place for one. */
function panelAdder(
  labShell: ILabShell | null,
  notebookShell: INotebookShell | null
): AddPanel | null {
  if (labShell) {
    return (panel, beside) => {
      const besidePanel = beside.startsWith(PACKAGE);
      labShell.add(panel, 'main', {
        activate: false,
        mode: besidePanel ? 'tab-after' : 'split-right',
        ref: beside || null
      });
      if (besidePanel) {
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

function load(translator: ITranslator | null): TranslationBundle {
  return (translator ?? nullTranslator).load('jupyterlite_asgi');
}
