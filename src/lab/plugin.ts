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
import { isServedApp, isTaken, PLUGINS } from './tokens';
import type { AddPanel, Panels } from './panels';

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
    app: JupyterFrontEnd,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    labShell: ILabShell | null,
    notebookShell: INotebookShell | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlite_asgi');
    const add = adder(labShell, notebookShell);
    let made: Promise<Panels> | null = null;
    const shown = () =>
      (made ??= import('./panels')
        .then(({ Panels }) => new Panels(add, trans))
        .catch((error: unknown) => {
          made = null; // the next app tries again
          throw error;
        }));
    // Not in the way of the start, and there when the first app is served.
    app.restored.then(shown).catch(() => undefined);

    notebooks?.widgetAdded.connect((_sender, panel) =>
      follow(panel.sessionContext, panel.id, shown)
    );
    consoles?.widgetAdded.connect((_sender, panel) =>
      follow(panel.sessionContext, panel.id, shown)
    );
  }
};

/** What a kernel is when all that it served is gone. */
const ENDED: ReadonlySet<Kernel.Status> = new Set<Kernel.Status>([
  'autorestarting',
  'dead',
  'restarting',
  'terminating'
]);

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
function follow(
  session: ISessionContext,
  widget: string,
  shown: () => Promise<Panels>
): void {
  const tell = (what: (panels: Panels) => void) => void shown().then(what);
  const served = new Map<string, string>(); // URLs, and the comms that told of them
  const listen = (kernel: Kernel.IKernelConnection | null | undefined) => {
    kernel?.registerCommTarget(PACKAGE, (comm, opened) => {
      const app = opened.content.data;
      if (!isServedApp(app)) {
        return;
      }
      tell(panels => panels.show(app, widget));
      served.set(app.url, comm.commId);
      comm.onMsg = message => {
        if (isTaken(message.content.data)) {
          served.delete(app.url);
          tell(panels => panels.taken(app.url));
        }
      };
      comm.onClose = () => {
        // A comm that another one of the same app followed says nothing.
        if (served.get(app.url) === comm.commId) {
          served.delete(app.url);
          tell(panels => panels.stopped(app.url));
        }
      };
    });
    kernel?.statusChanged.connect((_sender, status) => {
      if (ENDED.has(status)) {
        const urls = [...served.keys()];
        tell(panels => urls.forEach(url => panels.stopped(url)));
        served.clear();
      }
    });
  };
  listen(session.session?.kernel);
  session.kernelChanged.connect((_sender, change) => listen(change.newValue));
}
