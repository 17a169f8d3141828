import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  CommandToolbarButton,
  html5Icon,
  IFrame
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

import type { AppEvent } from '../events';
import { canGuard } from './navigationGuard';
import { COMMANDS, type IApp } from './tokens';

/**
 * A panel that shows a served app in a frame, with buttons to reload it and to open
 * it in a tab.
 *
 * The frame must have the site's origin, or no service worker would see its requests.
 * It is no security boundary: an app can do whatever its notebook can. A sandbox is
 * only used to keep JupyterLab in place where `navigationGuard` cannot.
 */
export class AppPanel extends MainAreaWidget<IFrame> {
  constructor(
    private readonly _app: IApp,
    commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    const content = new IFrame({
      referrerPolicy: 'strict-origin-when-cross-origin',
      sandbox: [
        'allow-downloads',
        'allow-forms',
        'allow-modals',
        'allow-popups',
        'allow-same-origin',
        'allow-scripts'
      ]
    });
    super({ content });
    this.addClass('jp-asgi-Panel');
    const { name, url } = _app;
    this.id = `jupyterlite-asgi-${name}`;
    this.title.label = name;
    this.title.caption = url;
    this.title.closable = true;
    this.title.icon = html5Icon;
    this._frame.title = name;
    if (canGuard(window)) {
      this._frame.removeAttribute('sandbox');
    } else {
      // A tab that the app opens is not sandboxed.
      this._frame.sandbox.add('allow-popups-to-escape-sandbox');
    }
    content.url = url;
    const button = (id: string) =>
      new CommandToolbarButton({ commands, id, args: { url }, label: '' });
    this.toolbar.addItem('reload', button(COMMANDS.reload));
    this.toolbar.addItem('open-in-tab', button(COMMANDS.openInTab));
    this.toolbar.addItem('interrupt', button(COMMANDS.interrupt));
    _app.changed.connect(this._follow, this);
    if (_app.state === 'taken') {
      this._showTaken();
    }
  }

  /** The URL of the page in the frame, or null if it has left the site. */
  get page(): string | null {
    try {
      const href = this._frame.contentWindow?.location.href;
      return href === undefined || href === 'about:blank' ? null : href;
    } catch {
      return null;
    }
  }

  /**
   * Reload the page in the frame: by navigation, because Firefox asks before it
   * reloads the response to a POST, and without the fragment, because with it the
   * browser would only scroll.
   */
  reload(): void {
    this._clear();
    this.content.removeClass('jp-mod-taken');
    const [page] = (this.page ?? this._app.url).split('#', 1);
    this._frame.contentWindow?.location.replace(page!);
  }

  private _follow(_: IApp, { type }: AppEvent): void {
    if (type === 'taken') {
      this._showTaken();
    } else if (type !== 'starting' && type !== 'request-finished') {
      this.reload();
    }
  }

  /** Replace the app with a notice that its name was taken over, until it is reloaded. */
  private _showTaken(): void {
    this._clear();
    const notice = new Widget();
    notice.addClass('jp-asgi-Notice');
    notice.node.textContent = this._trans.__(
      'Another notebook now serves an app under this name: to take the name back, serve yours with --replace.'
    );
    this.contentHeader.addWidget(notice);
    // Not `hide()`, after which the layout would stretch the notice.
    this.content.addClass('jp-mod-taken');
  }

  private _clear(): void {
    [...this.contentHeader.widgets].forEach(notice => notice.dispose());
  }

  private get _frame(): HTMLIFrameElement {
    return this.content.node.querySelector('iframe')!;
  }
}
