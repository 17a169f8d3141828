import { INotebookShell } from '@jupyter-notebook/application';
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILabShell } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { PACKAGE } from '../protocol';
import { isServedApp, PLUGINS } from '../tokens';
import type { AddPanel } from './panels';
import { Panels } from './panels';

/** Shows the apps that this page's notebooks and consoles serve. */
export const panels: JupyterFrontEndPlugin<void> = {
  id: PLUGINS.panels,
  description: 'Shows the ASGI apps that notebooks serve.',
  autoStart: true,
  optional: [
    INotebookTracker,
    IConsoleTracker,
    ILabShell,
    INotebookShell,
    ITranslator
  ],
  activate: (
    _: JupyterFrontEnd,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    labShell: ILabShell | null,
    notebookShell: INotebookShell | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlite_asgi');
    const shown = new Panels(adder(labShell, notebookShell), trans);

    notebooks?.widgetAdded.connect((_sender, panel) =>
      follow(panel.sessionContext, panel.id, shown)
    );
    consoles?.widgetAdded.connect((_sender, panel) =>
      follow(panel.sessionContext, panel.id, shown)
    );
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

/** Hear of the apps of each kernel that the session comes to have. */
function follow(session: ISessionContext, widget: string, shown: Panels): void {
  const listen = (kernel: Kernel.IKernelConnection | null | undefined) => {
    kernel?.registerCommTarget(PACKAGE, (comm, opened) => {
      const app = opened.content.data;
      if (!isServedApp(app)) {
        return;
      }
      shown.show(app, widget);
      comm.onMsg = message => {
        if (isServedApp(message.content.data)) {
          shown.show(message.content.data, widget);
        }
      };
      comm.onClose = () => shown.stopped(app.url);
    });
  };
  listen(session.session?.kernel);
  session.kernelChanged.connect((_sender, change) => listen(change.newValue));
}
