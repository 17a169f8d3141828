import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { PYODIDE } from './kernelSettings';
import { isJupyterLite } from './site';

const MAGIC = /^[ \t]*(\w+ *= *)?%asgi_(serve|stop|list)\b/m;

/** Shows which kernel to choose if a cell with our magics fails on another one. */
export const kernelHint: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlite-asgi:kernel-hint',
  description: 'Shows which kernel serves ASGI apps.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    notebooks: INotebookTracker,
    translator: ITranslator | null
  ) => {
    if (!isJupyterLite()) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('jupyterlite_asgi');
    NotebookActions.executed.connect((_, { notebook, cell, success }) => {
      const kernel = notebooks.find(panel => panel.content === notebook)
        ?.sessionContext.session?.kernel;
      const other = kernel && kernel.name !== PYODIDE;
      if (other && !success && MAGIC.test(cell.model.sharedModel.source)) {
        Notification.error(
          trans.__(
            'Apps are served by the Pyodide kernel only: choose “Python (Pyodide)” under the menu Kernel, Change Kernel…'
          ),
          { autoClose: false }
        );
      }
    });
  }
};
