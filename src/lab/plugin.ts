import { INotebookShell } from '@jupyter-notebook/application';
import {
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
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
import type { IOwner } from './remedies';
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
    const findOwner = ({ widget }: IApp): IOwner | null => {
      const isOwner = ({ id }: Widget) => id === widget;
      const notebook = notebooks?.find(isOwner);
      const owner = notebook ?? consoles?.find(isOwner);
      const runAll = notebook
        ? () =>
            NotebookActions.runAll(notebook.content, notebook.sessionContext)
        : null;
      return owner ? { sessionContext: owner.sessionContext, runAll } : null;
    };
    const findKernel = (app: IApp) =>
      findOwner(app)?.sessionContext.session?.kernel ?? null;
    const add = panelAdder(labShell, notebookShell);
    let loaded: Promise<Panels> | null = null;
    const loadPanels = () =>
      (loaded ??= import('./panels')
        .then(({ addCommands, noticeFailures, offerRemedies, Panels }) => {
          const panels = new Panels(add, app.commands, trans);
          addCommands(app.commands, manager, panels, findKernel, trans);
          const hasFailed = noticeFailures(manager, findOwner, trans);
          offerRemedies(manager, findOwner, hasFailed);
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
